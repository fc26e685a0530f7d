import { readFile } from 'node:fs/promises'
import { createClient, type Experiment, type ExperimentInput } from '@trainyard/client'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { chromiumExecutable } from '@trainyard/testing/services/chromium'
import { poll } from '@trainyard/testing/inputs/poll'
import { startService } from '@trainyard/testing/services/service'
import { expectAccessible, expectStill, ownDashboard, takePicture } from './own-dashboard.ts'

const executable = chromiumExecutable()
const SMALL = { dataset: 'synthetic-flowers', imageSize: 16, depth: 2, width: 32, lr: 0.02, norm: 'batch' } as const
const STEPS_PER_EPOCH = 16
const WITHIN = { timeoutMs: 90_000 }
const PHONE = { width: 390, height: 800 }

describe.skipIf(executable === null)('one experiment', () => {
  const dashboard = ownDashboard({ executable: executable ?? '' })
  const experiments = () => createClient({ baseUrl: dashboard.service.url }).experiments
  const submit = (input: ExperimentInput): Promise<Experiment> => experiments().submit({ ...SMALL, ...input })
  const ended = async (input: ExperimentInput): Promise<Experiment> => experiments().wait((await submit(input)).id)

  const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
  /** The table of a chart or heat map: its rows' texts, cell by cell. */
  async function numbersOf(page: Page, name: string): Promise<string[][]> {
    const details = part(page, name).locator('details')
    if (!(await details.evaluate((each) => each.hasAttribute('open')))) await details.locator('summary').click()
    await details.locator('table').first().waitFor()
    return details.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map(({ textContent }) => textContent)))
  }
  const lossRows = async (page: Page): Promise<number> => (await numbersOf(page, 'Loss')).length
  const epochCount = async (id: string): Promise<number> => (await experiments().epochs(id)).items.length
  const state = (page: Page, name: string) => part(page, 'Status').getByText(new RegExp(`^. ${name}$`))

  test('its curve grows while it trains; paused, reloaded and resumed, it has every epoch once', async () => {
    const { id } = await submit({ epochs: 400, width: 64, lr: 1e-3, evaluate: 'none' })
    const page = await dashboard.open(`/experiments/${id.slice(0, -2)}`)
    await state(page, 'running').waitFor()
    expect(page.url()).toMatch(new RegExp(`/experiments/${id}$`))
    await page.getByText('Zoom in to eight epochs or fewer').waitFor()
    const before = await lossRows(page)
    await poll(async () => expect(await lossRows(page)).toBeGreaterThan(before + 5), WITHIN)
    await expectAccessible(page)

    await page.getByRole('button', { name: 'Pause' }).click()
    await state(page, 'paused').waitFor()
    await expect(page.getByRole('status').filter({ hasText: 'paused by a user' }).count()).resolves.toBe(1)
    await poll(async () => expect(await lossRows(page)).toBe(await epochCount(id)), WITHIN)
    await page.reload()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    await poll(async () => expect(await lossRows(page)).toBe(await epochCount(id)), WITHIN)
    await expectStill(page)

    const resumedFrom = await lossRows(page)
    await page.getByRole('button', { name: 'Resume' }).click()
    await poll(async () => expect(await lossRows(page)).toBeGreaterThan(resumedFrom + 5), WITHIN)
    // a page that draws hundreds of epochs takes its time from the training: the next test follows one to its end
    await page.goto('about:blank')
    await experiments().wait(id)
    await page.goBack()
    await state(page, 'completed').waitFor()
    const stored = (await experiments().epochs(id)).items
    await poll(async () => expect(await lossRows(page)).toBe(400), WITHIN)
    const rows = await numbersOf(page, 'Loss')
    const train = 5 // after the epoch, three raw curves and the steps
    expect(rows.map((row) => Number(row[train]))).toEqual(stored.map(({ loss }) => Number(Number(loss).toPrecision(5))))
    await expect(part(page, 'History').getByText('resumed from epoch').count()).resolves.toBe(1)
    await expectStill(page)

    // more events than the service keeps: a snapshot, layers and log stand for those that are gone
    await page.reload()
    for (const end of ['epoch 1', 'epoch 400']) await part(page, 'Layers').getByText(end, { exact: true }).waitFor()
    expect(await lossRows(page)).toBe(400)
    await expectStill(page)
  }, 240_000)

  test('of one epoch there are its steps; retried and replayed, the page goes to the new experiment', async () => {
    const { id } = await ended({ epochs: 1 })
    const page = await dashboard.open(`/experiments/${id}`)
    await page.getByText('Every step of epoch 1 is shown.').waitFor()
    await poll(async () => expect(await lossRows(page)).toBe(STEPS_PER_EPOCH), WITHIN)
    const rows = await numbersOf(page, 'Loss')
    const { items } = await experiments().batches(id)
    expect(rows.map(([x, , , , step]) => [Number(x), Number(step)])).toEqual(
      items.map(({ step, loss }) => [step / STEPS_PER_EPOCH, Number(Number(loss).toPrecision(5))]),
    )
    await page.getByRole('button', { name: 'Replay' }).click()
    await page.waitForURL((url) => !url.href.includes(id))
    await page.getByText('the same bits in 1 epoch compared').waitFor()
    await page.getByRole('link', { name: 'Compare with parent' }).waitFor()
    const replay = page.url()
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.waitForURL((url) => url.href !== replay)
    await state(page, 'completed').waitFor()
    await expectStill(page)
  })

  test('log axis, smoothing, and every step where few epochs are shown, by keyboard; hovering shows numbers', async () => {
    const { id } = await ended({ epochs: 30, name: 'zoomed' })
    const page = await dashboard.open('/experiments/latest')
    await page.waitForURL(`**/experiments/${id}`)
    const loss = part(page, 'Loss')
    const chart = loss.getByRole('application', { name: 'Loss by epoch' })
    await page.getByText('Zoom in to eight epochs or fewer').waitFor()
    await chart.focus()
    await page.keyboard.press('End')
    const last = (await experiments().epochs(id)).items.at(-1)
    await loss.getByText(`train ${Number(Number(last?.loss).toPrecision(5))}`).waitFor()
    for (let i = 0; i < 3; i++) await page.keyboard.press('+')
    await page.getByText('Every step of epochs 29 to 30 is shown.').waitFor()
    await poll(async () => expect(await lossRows(page)).toBe(30 + 2 * (STEPS_PER_EPOCH - 1)), WITHIN)
    // another axis keeps what is shown
    await loss.getByLabel('log axis').check()
    await page.getByText('Every step of epochs 29 to 30 is shown.').waitFor()
    await chart.focus()
    await page.keyboard.press('0')
    await page.getByText('Zoom in to eight epochs or fewer').waitFor()

    await loss.getByLabel('smoothing').focus()
    await page.keyboard.press('End')
    const raw = (await numbersOf(page, 'Loss')).map((row) => [Number(row[2]), Number(row[5])])
    const { items } = await experiments().epochs(id)
    expect(raw.map(([value]) => value)).toEqual(items.map((epoch) => Number(Number(epoch.loss).toPrecision(5))))
    // nearly the mean of all so far
    const mean = items.reduce((sum, epoch) => sum + Number(epoch.loss), 0) / items.length
    expect(Math.abs((raw.at(-1)?.[1] ?? NaN) - mean)).toBeLessThan(mean / 3)
    expect(raw.at(-1)?.[1]).toBeGreaterThan(2 * (raw.at(-1)?.[0] ?? NaN))
    await expectAccessible(page)
  })

  test('downloads are the bytes that the service has', async () => {
    const { id, model } = await ended({ epochs: 2 })
    const page = await dashboard.open(`/experiments/${id}`)
    const save = async (button: string): Promise<Buffer> => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()])
      await page.getByText(`${download.suggestedFilename()} is saved`).waitFor()
      return readFile(await download.path())
    }
    expect((await save('epochs.csv')).toString()).toBe(await experiments().epochsCsv(id))
    expect((await save('PyTorch module')).toString()).toBe(await experiments().pytorchSource(id))
    for (const file of ['model.safetensors', 'model.json', 'weights.bin'] as const) {
      const answer = await experiments().modelFile(id, { kind: model?.kind ?? 'best', file })
      expect(await save(file)).toEqual(Buffer.from(await answer.arrayBuffer()))
    }
    await page.getByRole('link', { name: 'Try this model' }).waitFor()
    await expectStill(page)
  })

  test('layers — without a norm the gradient vanishes on its way back, with batch norm it arrives; cell by cell', async () => {
    const deep = { depth: 8, width: 64, imageSize: 32, epochs: 12 } as const
    const lost = await ended({ ...deep, norm: 'none', evaluate: 'none', name: 'eight layers, no norm' })
    const healthy = await ended({ ...deep, name: 'eight layers, batch norm', tags: ['lesson', 'norm'], notes: 'Does the signal arrive?' })
    const page = await dashboard.open(`/experiments/${lost.id}`)
    await page
      .getByText(/^. Layers 1 to [4-7]: the gradient is up to \d+ times smaller than at the output; nothing is learned there. Add norm/)
      .waitFor()
    const layers = part(page, 'Layers')
    await layers.getByRole('application', { name: 'Gradient norm by layer and epoch' }).focus()
    for (const key of ['ArrowLeft', 'ArrowDown']) await page.keyboard.press(key)
    await layers.getByText(/^Layer 8, epoch 12: gradient norm [\d.e-]+$/).waitFor()
    await layers.getByLabel('at the top').selectOption('first layer')
    await layers.getByText(/^Layer 2, epoch 12: gradient norm/).waitFor()
    await layers.getByLabel('measure').selectOption('Dead units')
    await layers.getByText(/^Layer 2, epoch 12: dead units [\d.]+ %$/).waitFor()
    await layers.scrollIntoViewIfNeeded()
    const rows = await numbersOf(page, 'Layers')
    const { items } = await experiments().layers(lost.id, { epoch: 12 })
    expect(rows.slice(0, 9).map(([name]) => name)).toEqual(items.map(({ layer, kind }) => `${layer} ${kind}`))
    expect(rows).toHaveLength(9 + 12)
    await expectAccessible(page)

    const good = await dashboard.open(`/experiments/${healthy.id}`)
    await good.getByText('The signal reaches every layer.').waitFor()
    await expectStill(good)
    await takePicture(good, 'experiment')
    await layers.locator('summary').click()
    await layers.getByLabel('measure').selectOption('Gradient norm')
    await layers.getByLabel('at the top').selectOption('output layer')
    await page.mouse.wheel(0, 800)
    await layers.scrollIntoViewIfNeeded()
    await takePicture(page, 'layers')
  })

  test('a phone, in the dark', async () => {
    const page = await dashboard.open('/experiments/latest', { colorScheme: 'dark', viewport: PHONE })
    await page.getByText('The signal reaches every layer.').waitFor()
    await expectAccessible(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width)
    await expectStill(page)
  })

  test('name, tags and notes are changed in place; what is refused is said', async () => {
    const { id } = await submit({ epochs: 1 })
    const page = await dashboard.open(`/experiments/${id}`)
    await page.getByRole('button', { name: 'Edit name, tags and notes' }).click()
    await page.getByLabel('Tags, with commas between them').fill('x'.repeat(60))
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').getByText('tags').waitFor()
    await page.getByRole('textbox', { name: 'Name' }).fill('a better name')
    await page.getByLabel('Tags, with commas between them').fill('one, two')
    await page.getByRole('textbox', { name: 'Notes' }).fill('looks good')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'a better name' }).waitFor()
    await page.getByRole('list', { name: 'Tags' }).getByText('two').waitFor()
    expect(await experiments().get(id)).toMatchObject({ name: 'a better name', tags: ['one', 'two'], notes: 'looks good' })
  })

  test('one that there is not, and one that fails', async () => {
    const page = await dashboard.open('/experiments/0000000000000000')
    await page.getByRole('heading', { name: 'No such experiment' }).waitFor()
    await expectAccessible(page)
    const { id } = await submit({ epochs: 3000, timeLimitSeconds: 2 })
    await page.goto(`/experiments/${id}`)
    await state(page, 'failed').waitFor()
    await part(page, 'Status').getByText('TIME_LIMIT').waitFor()
    await page.getByRole('button', { name: 'Retry' }).waitFor()
    await expectStill(page)
  })

  test('the service is restarted while it trains — the page says so, and goes on by itself to the end', async () => {
    const { id } = await submit({ epochs: 150, checkpointEverySeconds: 5 })
    const page = await dashboard.open(`/experiments/${id}`)
    await page.getByText('Zoom in to eight epochs or fewer').waitFor()
    const { data, url } = dashboard.service
    await dashboard.service.stop()
    await page.getByText('What you see may be old').waitFor()
    const again = await startService({ data, port: Number(new URL(url).port) })
    try {
      await state(page, 'completed').waitFor({ timeout: 120_000 })
      await poll(async () => expect(await lossRows(page)).toBe(150), WITHIN)
      expect(await page.getByText('What you see may be old').count()).toBe(0)
      await part(page, 'History').getByText('attempt 2: completed').waitFor()
    } finally {
      await again.stop()
    }
  }, 300_000)

  test('no page had a fault', () => expect(dashboard.faults).toEqual([]))
})
