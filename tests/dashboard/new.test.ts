import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@trainyard/client'
import { Experiment } from '@trainyard/contracts'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { chromiumExecutable } from '@trainyard/testing/services/chromium'
import { expectAccessible, expectStill, ownDashboard, takePicture } from './own-dashboard.ts'

const executable = chromiumExecutable()
const SMALL = { dataset: 'synthetic-flowers', imageSize: 16, width: 32, depth: 2, epochs: 2, lr: 0.01 } as const
const PHONE = { width: 390, height: 844 }

describe.skipIf(executable === null)('a new experiment and a fork by form', () => {
  const dashboard = ownDashboard({ executable: executable ?? '' })
  const client = () => createClient({ baseUrl: dashboard.service.url })

  const fill = async (page: Page, texts: Record<string, string>): Promise<void> => {
    for (const [field, text] of Object.entries(texts)) await page.getByLabel(field, { exact: true }).fill(text)
  }
  const choose = (page: Page, field: string, value: string) => page.getByLabel(field, { exact: true }).selectOption(value)
  const verdict = (page: Page, word: string) => page.locator('.verdict .badge', { hasText: word }).waitFor()
  /** The experiment whose page is gone to. */
  async function gone(page: Page, from = /\/experiments\/([0-9a-z]{16,})$/): Promise<Experiment> {
    await page.waitForURL(from)
    return client().experiments.get(from.exec(page.url())?.[1] ?? '')
  }
  const commandIn = (page: Page, name: string) => page.getByRole('region', { name, exact: true }).innerText()

  test('Enter queues what was filled in, and goes to it; going back finds the form filled in', async () => {
    const page = await dashboard.open('/new')
    await fill(page, { depth: '2', width: '32', lr: '0.01', epochs: '1', imageSize: '16' })
    await choose(page, 'dataset', 'synthetic-flowers')
    await choose(page, 'norm', 'batch')
    await page.getByLabel('epochs', { exact: true }).press('Enter')
    const experiment = await gone(page)
    expect(experiment.config).toMatchObject({ ...SMALL, epochs: 1, norm: 'batch', normPosition: 'before', batchSize: 64 })
    await page.goBack()
    await page.waitForURL(/\/new\?/)
    expect(await page.getByLabel('width', { exact: true }).inputValue()).toBe('32')
    await page.getByRole('button', { name: 'Reset' }).click()
    await page.waitForURL(/\/new$/)
    expect(await page.getByLabel('width', { exact: true }).inputValue()).toBe('')
  })

  test('a fault stands at its field, and is where the focus goes', async () => {
    const page = await dashboard.open('/new')
    await fill(page, { lr: 'fast' })
    await page.getByRole('button', { name: 'Queue the experiment' }).click()
    const lr = page.getByLabel('lr', { exact: true })
    expect(await lr.getAttribute('aria-invalid')).toBe('true')
    expect(await lr.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
    const described = (await lr.getAttribute('aria-describedby')) ?? ''
    expect(await page.locator(`[id="${described}"]`).innerText()).toContain('wants a number, not "fast"')
    expect(page.url()).toMatch(/\/new$/)
    await expectAccessible(page)
    await fill(page, { lr: '0.1' })
    await page.locator('[aria-invalid="true"]').waitFor({ state: 'detached' })
  })

  test("a fault in a closed group opens it; the service's own fault stands at its field, too", async () => {
    const closed = await dashboard.open('/new?priority=99')
    await closed.getByLabel('priority', { exact: true }).waitFor()
    // only the service knows what weights it has
    const page = await dashboard.open(`/new?initialWeights=${'a'.repeat(64)}`)
    const alert = page.getByRole('region', { name: 'Dry run' }).getByRole('alert')
    await alert.waitFor()
    expect(await alert.innerText()).toContain('There are no weights')
    // and what it allows, by the fields' pointers
    const huge = await dashboard.open('/new?width=8192&depth=64&imageSize=512')
    await huge.locator('[name=width][aria-invalid=true]').waitFor()
    expect(await huge.locator('[aria-invalid=true]').count()).toBe(3)
    expect(await huge.locator('.field', { has: huge.locator('[name=depth]') }).innerText()).toContain('this service allows')
  })

  test('while one types, the verdict follows', async () => {
    const page = await dashboard.open('/new?dataset=synthetic-flowers&imageSize=32')
    await fill(page, { depth: '12' })
    await verdict(page, 'vanishing')
    await choose(page, 'norm', 'batch')
    await verdict(page, 'healthy')
    const flow = page.getByRole('region', { name: 'Shapes of one batch' })
    expect(await flow.innerText()).toMatch(/images\s+64 × 3 × 32 × 32\s+hidden 1–12\s+64 × 512\s+logits\s+64 × 102/)
    // what cannot be leaves the last answer where it is
    await fill(page, { depth: '' })
    await fill(page, { depth: '99' })
    await page.getByText('From the last valid fields').waitFor()
    await verdict(page, 'healthy')
  })

  test('the commands make the same experiment', async () => {
    const page = await dashboard.open(
      `/new?name=${encodeURIComponent('it\'s a "name" $HOME')}&tags=a,b&norm=batch&${new URLSearchParams(Object.entries(SMALL).map(([field, value]) => [field, String(value)]))}`,
    )
    const [curl, cli] = [await commandIn(page, 'By curl'), await commandIn(page, 'From a terminal')]
    await page.getByRole('button', { name: 'Queue the experiment' }).click()
    const made = await gone(page)
    const byCurl = Experiment.parse(JSON.parse(await inShell(`${curl} -s`)))
    const byCli = Experiment.parse(JSON.parse(await inShell(`${cli} --json`)))
    for (const { configHash, name, tags } of [byCurl, byCli]) {
      expect({ configHash, name, tags }).toEqual({ configHash: made.configHash, name: `it's a "name" $HOME`, tags: ['a', 'b'] })
    }
    expect(new Set([made.id, byCurl.id, byCli.id]).size).toBe(3)
  })

  test('from another experiment', async () => {
    const origin = await client().experiments.submit({ ...SMALL, epochs: 1, norm: 'layer', tags: ['first'] })
    const page = await dashboard.open(`/new?from=${origin.id}`)
    await page.getByRole('button', { name: 'Queue the experiment' }).click()
    const { id, configHash, tags } = await gone(page)
    expect({ configHash, tags }).toEqual({ configHash: origin.configHash, tags: ['first'] })
    expect(id).not.toBe(origin.id)
  })

  test('it stands still, is accessible in light and dark, and fits a phone', async () => {
    const at = '/new?dataset=synthetic-flowers&imageSize=32&depth=12&width=256&norm=batch&lr=0.01&epochs=10'
    const page = await dashboard.open(at)
    await page.getByRole('img', { name: /24 images/ }).waitFor()
    await verdict(page, 'healthy')
    await expectAccessible(page)
    await expectStill(page)
    await takePicture(page, 'new')
    const dark = await dashboard.open(at, { colorScheme: 'dark', viewport: PHONE })
    await dark.getByRole('img', { name: /24 images/ }).waitFor()
    await verdict(dark, 'healthy')
    await expectAccessible(dark)
    await expectStill(dark)
    expect(await dark.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width)
  })

  /** Runs the line in bash, with an npx that runs this repository's trainyard. */
  async function inShell(line: string): Promise<string> {
    const root = path.join(import.meta.dirname, '..', '..')
    const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-bin-'))
    try {
      const npx = path.join(folder, 'npx')
      await writeFile(npx, `#!/bin/sh\nshift\nexec ${process.execPath} ${root}/apps/cli/bin/trainyard.mjs "$@"\n`)
      await chmod(npx, 0o755)
      const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
      return (await promisify(execFile)('bash', ['-c', line], { env })).stdout
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  describe('a fork', () => {
    test('changes what was changed, marks it, and goes on from the kept epoch', async () => {
      const submitted = await client().experiments.submit({ ...SMALL, norm: 'batch', name: 'First', keepModel: 'best', epochs: 3 })
      const parent = await client().experiments.wait(submitted.id)
      const [origin] = parent.forkPoints
      const page = await dashboard.open(`/experiments/${parent.id}/fork`)
      const lr = page.getByLabel(/^lr/)
      expect(await lr.inputValue()).toBe('0.01')
      await page.getByText('No changes.').waitFor()
      await page.getByLabel(/^epochs/).fill('6')
      await lr.fill('0.003')
      await page.getByText('✎ changed, was 0.01').waitFor()
      await page.getByText('Changed: lr, epochs.').waitFor()
      expect(await page.getByLabel('depth', { exact: true }).isDisabled()).toBe(true)
      await page.getByText('changes the shapes of the weights').waitFor()
      await expectAccessible(page)
      await expectStill(page)
      await takePicture(page, 'fork')
      await page.getByRole('button', { name: `Fork from epoch ${origin?.epoch}` }).click()
      const fork = await gone(page)
      expect(fork).toMatchObject({ name: 'First', parent: { id: parent.id, epoch: origin?.epoch } })
      expect(fork.config).toEqual({ ...parent.config, lr: 0.003, epochs: 6 })
    })

    test('of what has too few epochs left stands at its field', async () => {
      const page = await dashboard.open('/experiments/latest/fork')
      await page.getByLabel(/^epochs/).fill('1')
      await page.getByRole('button', { name: /^Fork from/ }).click()
      await page.getByText(/leaves nothing to train after epoch/).waitFor()
      expect(page.url()).toMatch(/fork$/)
    })

    test('of what has kept nothing says so; it fits a phone in the dark', async () => {
      const submitted = await client().experiments.submit({ ...SMALL, keepModel: 'none', epochs: 1 })
      const { forkPoints } = await client().experiments.wait(submitted.id)
      const page = await dashboard.open(`/experiments/${submitted.id}/fork`, { colorScheme: 'dark', viewport: PHONE })
      if (forkPoints.length === 0) await page.getByRole('heading', { name: 'Nothing to fork from' }).waitFor()
      else await page.getByLabel(/^epochs/).waitFor()
      await expectAccessible(page)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width)
    })
  })

  test('a key is named in the command, and never shown', async () => {
    const { secret: key } = await client().keys.create({ name: 'teacher', scope: 'admin' })
    const page = await dashboard.open('/new')
    await page.getByLabel('API key').fill(key)
    await page.getByRole('button', { name: 'Use this key' }).click()
    await page.locator('.verdict .badge').waitFor()
    expect(await commandIn(page, 'By curl')).toContain('Authorization: Bearer $TRAINYARD_API_KEY')
    expect(await page.content()).not.toContain(key)
  })

  test('nothing went wrong in any page', () => expect(dashboard.faults).toEqual([]))
})
