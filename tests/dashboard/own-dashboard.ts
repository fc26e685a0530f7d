import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { z } from 'zod'
import { startChromium } from '@trainyard/testing/services/chromium'
import { poll } from '@trainyard/testing/inputs/poll'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'

const PICTURES = path.join(import.meta.dirname, '..', '..', 'docs', 'images')
const SIZE = { width: 1280, height: 800 }

interface OpenOptions {
  colorScheme?: 'light' | 'dark'
  viewport?: { width: number; height: number }
}

/** The real service with a worker, and the page in a real browser, for one test file; an error in any of its pages fails the file. */
export function ownDashboard({ executable, env = {} }: { executable: string; env?: Record<string, string> }) {
  let service: Service | undefined
  let browser: Browser | undefined
  const faults: string[] = []
  beforeAll(async () => {
    service = await startService({ env })
    browser = await startChromium(executable)
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await stopAndRemove(service)
    expect(faults).toEqual([])
  })
  return {
    get service(): Service {
      if (!service) throw new Error('There only while tests run')
      return service
    },
    /** Errors of the pages' scripts, refusals of their policy, and requests that would have left the host. */
    faults,
    async open(at: string, { colorScheme = 'light', viewport = SIZE }: OpenOptions = {}): Promise<Page> {
      if (!browser || !service) throw new Error('There only while tests run')
      const { url } = service
      const page = await browser.newPage({ colorScheme, viewport, baseURL: url })
      page.on('pageerror', (error) => faults.push(`${at}: ${error.message}`))
      page.on('console', (message) => {
        if (/Content Security Policy|Warning:/.test(message.text())) faults.push(`${at}: ${message.text()}`)
      })
      page.on('request', (request) => {
        if (!request.url().startsWith(url) && !request.url().startsWith('blob:')) faults.push(`${at} asked ${request.url()}`)
      })
      await page.addInitScript(WATCH_SHIFTS)
      await page.goto(at)
      return page
    },
  }
}

/** Waits for what an expression says in the page. Playwright's own waitForFunction would evaluate it as the page's policy forbids. */
export const until = (page: Page, expression: string): Promise<void> =>
  poll(
    async () => {
      if (!(await page.evaluate(expression))) throw new Error(`not yet: ${expression}`)
    },
    { timeoutMs: 60_000 },
  )

/** As text: what vitest makes of a function would not run in the page. */
const WATCH_SHIFTS = `globalThis.shifts = []; new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries())
    if (!hadRecentInput) globalThis.shifts.push({ value, what: sources.map(({ node }) => node?.className ?? node?.nodeName ?? '').join(' ') })
}).observe({ type: 'layout-shift', buffered: true })`

const Shifts = z.array(z.object({ value: z.number(), what: z.string() }))
/** Google's bound for a page that stands still is 0.1 (https://web.dev/articles/cls); a hundredth is invisible. */
const STILL = 0.01

/** Nothing has moved by itself since the page was opened. */
export async function expectStill(page: Page): Promise<void> {
  const shifts = Shifts.parse(await page.evaluate('globalThis.shifts'))
  const sum = shifts.reduce((total, { value }) => total + value, 0)
  expect(sum, JSON.stringify(shifts)).toBeLessThan(STILL)
}

const Violations = z.array(z.object({ id: z.string(), impact: z.string().nullable(), help: z.string(), targets: z.array(z.string()) }))

/** axe finds nothing, grave or not, in what the page shows now. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(`axe.run().then(({ violations }) =>
    violations.map(({ id, impact, help, nodes }) => ({ id, impact: impact ?? null, help, targets: nodes.map(({ html }) => html.slice(0, 200)) })))`)
  expect(Violations.parse(found)).toEqual([])
}

/** A picture of the view, in docs/images where TRAINYARD_PICTURES=1 asks for new ones. No real photograph may be to be seen: their terms forbid it. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const write = process.env['TRAINYARD_PICTURES'] === '1'
  await mkdir(PICTURES, { recursive: true })
  const png = await page.screenshot({ animations: 'disabled', ...(write && { path: path.join(PICTURES, `${name}.png`) }) })
  // an empty page of this size has some 10 kB
  expect(png.length).toBeGreaterThan(15_000)
}
