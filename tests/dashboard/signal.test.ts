import { createClient } from '@trainyard/client'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { formatNorm } from '../../apps/dashboard/src/signal/format-signal.ts'
import { chromiumExecutable } from '@trainyard/testing/services/chromium'
import { expectNoSideways, numbersOf } from './chart-numbers.ts'
import { expectAccessible, expectStill, ownDashboard, takePicture } from './own-dashboard.ts'

const executable = chromiumExecutable()
const SMALL = 'depths=0-5&width=32&imageSize=16&draws=3'
const INPUT = { depths: [0, 1, 2, 3, 4, 5], width: 32, imageSize: 16, draws: 3 }

const measured = (page: Page) => page.getByText('Prediction and measurement are at most').waitFor()
const cellAt = (page: Page, words: string) => page.getByRole('region', { name: 'Output norms' }).getByRole('button', { name: words })

describe.skipIf(executable === null)('signal lab', () => {
  const dashboard = ownDashboard({ executable: executable ?? '' })
  const client = () => createClient({ baseUrl: dashboard.service.url })

  test('the prediction is there before anything is measured, and follows the form', async () => {
    const page = await dashboard.open('/signal')
    await page.getByText('The lines are predicted, from these fields alone. To measure draws 30 fresh networks').waitFor()
    const before = await numbersOf(page)
    // output norms of the notebook's networks: depth 0, and no norm, batch and layer at 9
    expect([before[0]?.slice(1, 4), before[9]?.slice(1, 4)]).toEqual([
      ['18.4', '18.4', '18.4'],
      ['0.893', '13.1', '13.1'],
    ])
    await page.getByLabel('width', { exact: true }).fill('16')
    expect(await numbersOf(page)).not.toEqual(before)
    await page.getByRole('checkbox', { name: 'without' }).check()
    await page.getByText('draws 60 fresh networks').waitFor()
    expect(await page.getByRole('columnheader', { name: 'no norm, no bias, predicted' }).count()).toBe(1)
    expect(new URL(page.url()).searchParams.get('biases')).toBe('true,false')
    expect(new URL(page.url()).searchParams.get('width')).toBe('16')
    await page.close()
  })

  test('what cannot be is said at its field, and takes nothing off the page', async () => {
    const page = await dashboard.open('/signal?norms=none,group')
    await page.getByLabel('width', { exact: true }).fill('100')
    await page.getByText('✕ of 100 cannot be split into groups of 32 channels').waitFor()
    await page.getByText('✕ of 32 channels does not divide 100').waitFor()
    expect(await page.getByRole('button', { name: 'Measure', exact: true }).isDisabled()).toBe(true)
    await page.getByRole('application', { name: /^Output norm by depth/ }).waitFor()
    await page.getByLabel('depths', { exact: true }).fill('9-x')
    await page.getByText('✕ wants numbers separated by commas, not "9-x"').waitFor()
    await page.getByRole('checkbox', { name: 'none' }).uncheck()
    await page.getByRole('checkbox', { name: 'group' }).uncheck()
    await page.getByText('✕ needs at least one').waitFor()
    await expectAccessible(page)
    await page.close()
  })

  test('measures: the marks are the API’s own answer, and how far the prediction is from them is said; a picked point becomes its experiment', async () => {
    const page = await dashboard.open(`/signal?${SMALL}`)
    await page.getByRole('button', { name: 'Measure', exact: true }).click()
    await measured(page)
    const { state, results } = await client().probes.create(INPUT, { waitSeconds: 30 })
    expect(state).toBe('completed')
    const rows = await numbersOf(page)
    const byNorm = ['none', 'batch', 'layer'].map((norm) => results.filter((cell) => cell.norm === norm))
    // depth, three predictions, three means, then each draw of the three kinds
    expect(rows.map((row) => row.slice(4))).toEqual(
      INPUT.depths.map((_, depth) => [
        ...byNorm.map((cells) => formatNorm(Number(cells[depth]?.outputNorm.mean))),
        ...[0, 1, 2].flatMap((draw) => byNorm.map((cells) => formatNorm(Number(cells[depth]?.outputNorm.values[draw])))),
      ]),
    )
    const sentence = await page.getByText('Prediction and measurement are at most').innerText()
    expect(Number(/at most ([\d.]+) times apart/.exec(sentence)?.[1])).toBeLessThan(1.5)
    await page.getByText('The numbers', { exact: true }).click()

    const cell = results.find(({ norm, depth }) => norm === 'layer' && depth === 4)
    const { mean = 0, std = 0 } = cell?.outputNorm ?? {}
    await cellAt(page, 'Depth 4, layer norm:').click()
    const picked = page.getByRole('group', { name: 'Picked network' })
    await picked
      .getByText(`depth 4, layer norm before ReLU, bias: output norm ${formatNorm(Number(mean))} ± ${formatNorm(Number(std))}, predicted`)
      .waitFor()
    expect(await cellAt(page, 'Depth 4, layer norm:').getAttribute('aria-pressed')).toBe('true')
    const form = new URL((await picked.getByRole('link', { name: 'Change it first' }).getAttribute('href')) ?? '', page.url())
    expect(form.pathname).toBe('/new')
    expect(Object.fromEntries(form.searchParams)).toMatchObject({
      depth: '4',
      norm: 'layer',
      normPosition: 'before',
      width: '32',
      imageSize: '16',
    })
    await expectAccessible(page)
    await page.evaluate('scrollTo(0, 0)')
    await takePicture(page, 'signal')
    await picked.getByRole('button', { name: 'Train this network' }).click()
    await page.waitForURL('**/experiments/*')
    const { config, id } = await client().experiments.get('latest')
    expect(page.url()).toContain(`/experiments/${id}`)
    expect(config).toMatchObject({
      ...{ dataset: 'synthetic-flowers', imageSize: 16, width: 32, depth: 4, norm: 'layer', normPosition: 'before', bias: true },
      ...{ epochs: 10, lr: 0.02, seed: 0 },
    })
    // what was measured is still there
    await page.goBack()
    await measured(page)
    await page.close()
  })

  test('a point is picked with keys or the mouse, and becomes the experiment', async () => {
    const page = await dashboard.open('/signal?norms=none&depths=1-3&width=32&imageSize=16&input=synthetic-flowers&batchSize=4')
    const chart = page.getByRole('application', { name: /^Output norm by depth/ })
    await chart.focus()
    await chart.press('Home')
    await chart.press('ArrowRight')
    await chart.press('Enter')
    await page.getByText('depth 2, no norm, bias: output norm not measured yet, predicted').waitFor()
    // and with the mouse: the right end is the deepest
    const { width = 0, height = 0 } = (await chart.boundingBox()) ?? {}
    await chart.click({ position: { x: width - 30, y: height / 2 } })
    await page.getByText('depth 3, no norm, bias').waitFor()
    await chart.press('ArrowLeft')
    await chart.press('Enter')
    await page.getByText('depth 2, no norm, bias').waitFor()
    await page.getByRole('button', { name: 'Train this network' }).press('Enter')
    await page.waitForURL('**/experiments/*')
    expect((await client().experiments.get('latest')).config).toMatchObject({ depth: 2, norm: 'none', dataset: 'synthetic-flowers' })
    await page.close()
  })

  test('stands still, accessible, on a phone and in the dark', async () => {
    const page = await dashboard.open(`/signal?${SMALL}`)
    await page.getByRole('button', { name: 'Measure', exact: true }).press('Enter')
    await measured(page)
    await expectStill(page)
    await page.close()
    const phone = await dashboard.open(`/signal?${SMALL}&biases=true,false&axis=linear`, {
      colorScheme: 'dark',
      viewport: { width: 390, height: 800 },
    })
    await cellAt(phone, 'Depth 0, no norm:').waitFor()
    await expectStill(phone)
    await expectNoSideways(phone)
    await expectAccessible(phone)
    await phone.close()
  })

  test('no page had a fault', () => expect(dashboard.faults).toEqual([]))
})
