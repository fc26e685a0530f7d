import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@trainyard/client'
import { connectRedis } from '@trainyard/jobs'
import { type Browser, chromium as launcher } from 'playwright-core'
import { chromiumExecutable } from '@trainyard/testing/services/chromium'
import { poll } from '@trainyard/testing/inputs/poll'
import { startRedis } from '@trainyard/testing/redis/redis-process'
import { testEpoch } from '@trainyard/testing/experiments/test-epoch'
import { startApi } from './api-process.ts'
import { machineLine } from './machine.ts'
import { clickToFrame, firstLoad, freshPage, heapBytes } from './page-timing.ts'
import { beginRun, lossAt, writeHundred } from './scripted-runs.ts'
import { markdownTable, median, ms } from './table.ts'

const LOADS = 7
const CURVES = 20
const EPOCHS = 1000
const CLICKS = 15
/** An hour at 10 events a second: all of it as fast as the page takes it, or, with --hour, in an hour. */
const HUNDREDS = 360
const SECONDS_A_HUNDRED = 10

const real = process.argv.includes('--hour')
const say = (text: string): void => void process.stderr.write(`${text}\n`)
const kB = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`
const MB = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`

const executable = chromiumExecutable()
if (executable === null) throw new Error('bench:dashboard needs a Chromium')
const server = await startRedis()
const api = await startApi(server.url)
const redis = connectRedis(server.url, { name: 'bench', whenDown: 'wait' })
// canvases drawn by the processor, as where no GPU is: libs/testing draws all by an emulated GPU, which is far slower
const chromium = await launcher.launch({ executablePath: executable, headless: true, args: ['--no-sandbox', '--disable-gpu'] })
const deps = { client: createClient({ baseUrl: api.url }), redis }
try {
  const rows = [...(await drawnCurves(chromium)), ...(await loads(chromium)), ...(await liveHour(chromium))]
  process.stdout.write(`${markdownTable(['the dashboard in Chromium, software drawing', 'measured', 'goal'], rows)}\n\n${machineLine()}\n`)
} finally {
  await chromium.close()
  redis.disconnect()
  await api.stop()
  await server.stop()
}

/** Of 20 runs of 1,000 epochs beside each other: from the click that redraws them all to the frame that shows them. */
async function drawnCurves(browser: Browser): Promise<string[][]> {
  say(`${CURVES} runs of ${EPOCHS} epochs…`)
  const ids: string[] = []
  for (let seed = 0; seed < CURVES; seed++) {
    const { id, attempt, leave } = await beginRun(deps, { name: `run ${seed}`, epochs: EPOCHS, seed })
    for (let epoch = 1; epoch <= EPOCHS; epoch++) await attempt.epoch(testEpoch(epoch, { loss: lossAt(epoch, seed) }))
    await attempt.complete()
    leave()
    ids.push(id)
  }
  const { page, close } = await freshPage(browser, api.url)
  await page.goto(`/compare?ids=${ids.join(',')}`)
  await page.locator('.u-over').waitFor()
  const toggle = page.getByRole('checkbox', { name: /log/i })
  await toggle.evaluate((element) => element.setAttribute('data-bench', 'toggle'))
  const times: number[] = []
  for (let i = 0; i <= CLICKS; i++) times.push(await clickToFrame(page, '[data-bench=toggle]'))
  await close()
  return [
    [
      `${CURVES} curves × ${EPOCHS} epochs, from a click to the drawn frame`,
      `median ${ms(median(times.slice(1)))}, max ${ms(Math.max(...times.slice(1)))}`,
      '< 100 ms',
    ],
  ]
}

async function loads(browser: Browser): Promise<string[][]> {
  say('first loads…')
  const list = { url: api.url, at: '/', selector: '.experiments tbody tr' }
  const measured = []
  for (let i = 0; i < LOADS; i++) measured.push(await firstLoad(browser, list))
  const curve = await firstLoad(browser, { url: api.url, at: '/experiments/latest', selector: '.u-over' })
  return [
    ['first load of the list, compressed', kB(measured[0]?.bytes ?? NaN), '< 250 kB'],
    ['the list with its rows on the screen, nothing cached', `median ${ms(median(measured.map(({ usableMs }) => usableMs)))}`, '< 1 s'],
    ['first load of an experiment, compressed', kB(curve.bytes), '< 250 kB'],
    ['an experiment with its curve on the screen, nothing cached', ms(curve.usableMs), '< 1 s'],
  ]
}

/** What the page holds while a run sends 36,000 events. */
async function liveHour(browser: Browser): Promise<string[][]> {
  say(`${HUNDREDS * 100} events${real ? ' in an hour' : ' as fast as the page takes them'}…`)
  const { id, attempt, leave } = await beginRun(deps, { name: 'an hour', epochs: HUNDREDS })
  const { page, session, close } = await freshPage(browser, api.url)
  await page.goto(`/experiments/${id}`)
  const heaps: number[] = []
  for (let epoch = 1; epoch <= HUNDREDS; epoch++) {
    const begun = performance.now()
    await writeHundred(attempt, epoch)
    if (real) await pause(Math.max(0, SECONDS_A_HUNDRED * 1000 - (performance.now() - begun)))
    await poll(
      async () => {
        if (!(await page.locator('main').textContent())?.includes(`${epoch} of ${HUNDREDS}`))
          throw new Error(`the page has not shown epoch ${epoch}`)
      },
      { timeoutMs: 30_000, everyMs: 20 },
    )
    if (epoch % (HUNDREDS / 12) === 0) {
      heaps.push(await heapBytes(session))
      say(`  after ${epoch * 100} events ${MB(heaps.at(-1) ?? NaN)}`)
    }
  }
  leave()
  await close()
  const third = heaps.length / 3
  const [middle, last] = [median(heaps.slice(third, 2 * third)), median(heaps.slice(2 * third))]
  const how = real ? 'in an hour, 10 a second' : 'an hour’s at 10 a second, faster'
  return [[`36,000 live events (${how}): heap in the second third of them, and in the last`, `${MB(middle)} → ${MB(last)}`, 'no growth']]
}
