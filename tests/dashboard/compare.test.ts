import { createClient } from '@trainyard/client'
import { beforeAll, describe, expect, test } from 'vitest'
import { chromiumExecutable } from '@trainyard/testing/services/chromium'
import { expectNoSideways, numbersOf } from './chart-numbers.ts'
import { expectAccessible, expectStill, ownDashboard, takePicture } from './own-dashboard.ts'

const executable = chromiumExecutable()
const WITHIN = { timeout: 90_000 }
const SMALL = { dataset: 'synthetic-flowers', imageSize: 16, width: 32, depth: 2, epochs: 6 } as const

describe.skipIf(executable === null)('compare and sweeps', () => {
  const dashboard = ownDashboard({ executable: executable ?? '' })
  const client = () => createClient({ baseUrl: dashboard.service.url })
  const ids: string[] = []
  beforeAll(async () => {
    for (const lr of [0.02, 0.2]) ids.push((await client().experiments.submit({ ...SMALL, lr, name: `lr ${lr}` })).id)
    for (const id of ids) await client().experiments.wait(id)
  })

  test('two runs: both curves, what differs, and what was measured, by epoch and by time; the address shows the same again', async () => {
    const page = await dashboard.open(`/compare?ids=${ids.join(',')}`)
    const chart = page.getByRole('application', { name: 'loss of 2 runs by epoch' })
    await chart.waitFor()
    const rows = page.getByRole('region', { name: 'Runs' }).getByRole('row')
    expect(await rows.first().innerText()).toMatch(/Run\s+State\s+lr\s+Epoch\s+Latest loss\s+Best evaluation/)
    const { experiments, items } = await client().experiments.compare(ids)
    for (const [i, { name, differing, latest, best }] of experiments.entries()) {
      const cells = (await rows.nth(i + 1).innerText()).split(/\s*[\t\n]\s*/).map((cell) => cell.trim())
      expect(cells).toEqual(expect.arrayContaining([name, '✓ completed', String(differing['lr']), '6', Number(latest?.loss).toFixed(6)]))
      expect(cells).toContain(`${(Number(best?.evalAccuracy) * 100).toFixed(1)} %`)
    }
    const numbers = await numbersOf(page)
    expect(numbers).toEqual(items.map(({ epoch, loss }) => [String(epoch), ...loss.map((each) => Number(each).toFixed(6))]))

    await page.getByLabel('by', { exact: true }).selectOption('training time')
    await page.getByLabel('Measure').selectOption('evaluation accuracy')
    await page.getByRole('application', { name: 'evaluation accuracy of 2 runs by training time' }).waitFor()
    const over = await numbersOf(page)
    // no two runs end an epoch at the same instant
    expect(over).toHaveLength(12)
    expect(over.filter(([, first]) => first !== '')).toHaveLength(6)
    await page.getByLabel('logarithmic').check()
    await page.getByLabel('Smoothing').press('ArrowRight')
    await page.reload()
    expect(new URL(page.url()).search).toBe(`?ids=${ids.join('%2C')}&measure=evalAccuracy&by=time&log=1&smoothing=0.05`)
    await page.getByRole('application', { name: 'evaluation accuracy of 2 runs by training time' }).waitFor()
    expect(await page.getByLabel('logarithmic').isChecked()).toBe(true)
    await page.close()
  })

  test('accessible, still, on a phone and in the dark; a run leaves, and its row leads to it', async () => {
    const page = await dashboard.open(`/compare?ids=${ids.join(',')}`)
    await page.getByRole('link', { name: 'lr 0.2', exact: true }).waitFor()
    await expectStill(page)
    await expectAccessible(page)
    await takePicture(page, 'compare')
    await page.close()
    const phone = await dashboard.open(`/compare?ids=${ids.join(',')}`, { colorScheme: 'dark', viewport: { width: 390, height: 800 } })
    await phone.getByRole('button', { name: 'Remove lr 0.2', exact: true }).waitFor()
    await expectAccessible(phone)
    await expectStill(phone)
    await expectNoSideways(phone)
    await phone.getByRole('button', { name: 'Remove lr 0.2', exact: true }).click()
    await phone.getByRole('application', { name: 'loss of 1 run by epoch' }).waitFor()
    expect(new URL(phone.url()).searchParams.get('ids')).toBe(ids[0])
    // the link lies over its whole row
    await phone.getByRole('region', { name: 'Runs' }).getByText('completed').click({ force: true })
    await phone.waitForURL(`**/experiments/${ids[0]}`)
    await phone.close()
  })

  test('live: what still runs goes on by itself until it has ended', async () => {
    const { id } = await client().experiments.submit({ ...SMALL, epochs: 10_000, name: 'long' })
    const page = await dashboard.open(`/compare?ids=${ids[0]},${id}`)
    const row = page.getByRole('row').filter({ hasText: 'long' })
    await row.getByText('running').waitFor(WITHIN)
    const known = (await client().experiments.compare([id])).items.length
    await expect.poll(async () => (await numbersOf(page)).length, WITHIN).toBeGreaterThan(known)
    await client().experiments.cancel(id)
    await row.getByText('canceled').waitFor(WITHIN)
    await page.close()
  })

  test('nothing chosen yet: the newest experiments, to search and choose from', async () => {
    const page = await dashboard.open('/compare')
    const list = page.getByRole('list', { name: 'Newest experiments' })
    await list.getByRole('checkbox').first().waitFor()
    await expectStill(page)
    await expectAccessible(page)
    await page.getByLabel('Search').fill('nothing like this')
    await page.getByText('No run matches').waitFor()
    await page.getByLabel('Search').fill('lr 0.2')
    expect(await list.getByRole('checkbox').count()).toBe(1)
    await list.getByRole('checkbox').check()
    await page.getByLabel('Search').fill('')
    await list.getByRole('checkbox', { name: 'lr 0.02' }).check()
    await page.getByRole('button', { name: 'Compare 2 runs' }).click()
    await page.getByRole('application', { name: 'loss of 2 runs by epoch' }).waitFor()
    expect(new URL(page.url()).searchParams.get('ids')?.split(',').toSorted()).toEqual(ids.toSorted())
    await page.close()
  })

  test('what is not there is said, and can be taken out', async () => {
    const page = await dashboard.open(`/compare?ids=${ids[0]},zzzzzzzzzzzzzzzz`)
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').innerText()).toContain('zzzzzzzzzzzzzzzz')
    await page.getByRole('button', { name: 'Remove zzzzzzzzzzzzzzzz' }).click()
    await page.getByRole('link', { name: 'lr 0.02', exact: true }).waitFor()
    await page.close()
  })

  test('sweeps: none yet, the command and the example; then one of them, with its best so far, its trials and the way to compare them', async () => {
    const page = await dashboard.open('/sweeps')
    await page.getByRole('heading', { name: 'No sweeps yet' }).waitFor()
    await expectAccessible(page)
    expect(await page.getByText('npx trainyard sweep run').innerText()).toMatch(/--lr \S+ --norm none,layer/)
    await page.getByRole('button', { name: /^Start an example/ }).click()
    await page.getByRole('heading', { name: 'Example: learning rate × norm' }).waitFor()
    await page.getByText('12 trials, every combination of norm and lr').waitFor()
    await page.getByText('all have ended').waitFor(WITHIN)
    const sweep = await client().sweeps.get('latest')
    const ended = sweep.items.toSorted((a, b) => Date.parse(a.finishedAt ?? '') - Date.parse(b.finishedAt ?? ''))
    let best = 0
    const soFar = ended.map(({ value }) => (best = Math.max(best, Number(value))))
    const percent = (share: number | string | null): string => `${(Number(share) * 100).toFixed(1)} %`
    expect(await numbersOf(page)).toEqual(ended.map(({ value }, i) => [String(i + 1), percent(soFar[i] ?? null), percent(value)]))

    const cells = page.getByRole('region', { name: 'Trials' }).locator('tbody tr')
    expect(await cells.first().innerText()).toContain(`Trial ${sweep.best} ★ best`)
    await page.getByRole('button', { name: 'Trial', exact: true }).click()
    expect(await cells.first().innerText()).toMatch(/^Trial 1\s/)
    await page.getByRole('button', { name: 'lr', exact: true }).click()
    await page.getByRole('button', { name: 'lr', exact: true }).click()
    expect(await cells.first().innerText()).toContain('0.3')
    await page.getByRole('button', { name: 'Evaluation accuracy' }).click()
    await page.getByText('The numbers', { exact: true }).click()
    await expectAccessible(page)
    await page.evaluate('scrollTo(0, 0)')
    await takePicture(page, 'sweep')
    await page.getByRole('link', { name: 'Compare the best 10' }).click()
    await page.getByRole('application', { name: 'evaluation accuracy of 10 runs by epoch' }).waitFor()
    await page
      .getByRole('button', { name: /^Remove/ })
      .first()
      .waitFor()
    await page.close()
  })

  test('a sweep page stands still, in the dark on a phone; the list leads to it', async () => {
    const phone = await dashboard.open('/sweeps', { colorScheme: 'dark', viewport: { width: 390, height: 800 } })
    await phone.getByText('12 of 12 ended').waitFor()
    await expectStill(phone)
    await expectAccessible(phone)
    await expectNoSideways(phone)
    await phone.getByRole('link', { name: 'Example: learning rate × norm' }).click()
    await phone.getByText('all have ended').waitFor()
    await expectNoSideways(phone)
    await expectAccessible(phone)
    await phone.reload()
    await phone.getByRole('region', { name: 'Trials', exact: true }).waitFor()
    await expectStill(phone)
    await phone.close()
  })

  test('a norm lab: the paired table, as the API has it; cancel asks first, then ends what is left', async () => {
    const base = { dataset: 'synthetic-flowers', imageSize: 16, width: 32, lr: 0.05, epochs: 2 } as const
    const space = { norm: { values: ['none', 'layer'] }, normPosition: { values: ['before'] }, depth: { values: [1, 4] } }
    const lab = await client().sweeps.create({ preset: 'norm-lab', base, space })
    const page = await dashboard.open(`/sweeps/${lab.id}`)
    await page.getByText('all have ended').waitFor(WITHIN)
    await page.getByText('layer norm before ReLU: loss').waitFor()
    const table = await client().sweeps.normLab(lab.id)
    const rows = await page.getByRole('region', { name: 'Norm lab' }).locator('tbody tr').allInnerTexts()
    expect(rows).toHaveLength(4)
    for (const [i, { depth, loss, norm }] of table.items.entries()) {
      expect(rows[i]).toContain(norm === 'none' ? 'no norm' : 'layer norm before ReLU')
      expect(rows[i]?.split(/\s*\t\s*/)).toEqual(expect.arrayContaining([String(depth), Number(loss).toFixed(6)]))
    }
    await expectAccessible(page)
    await page.close()

    const long = await client().sweeps.create({
      base: { ...base, epochs: 10_000 },
      space: { lr: { values: [0.01] } },
      trials: 3,
      strategy: 'random',
    })
    const running = await dashboard.open(`/sweeps/${long.id}`)
    await running.getByRole('button', { name: 'Cancel the sweep' }).click()
    await running.getByRole('button', { name: 'Yes, end the 3 trials that are left' }).click()
    // canceled before all were made, the others never are
    await running.getByText(/all (that were made )?have ended/).waitFor(WITHIN)
    expect((await client().sweeps.get(long.id)).state).toBe('canceled')
    await running.close()
  })

  test('no page had a fault', () => expect(dashboard.faults).toEqual([]))
})
