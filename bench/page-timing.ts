import type { Browser, CDPSession, Page } from 'playwright-core'
import { z } from 'zod'

/** A page of a browser that has been nowhere yet, and the protocol to it. */
export async function freshPage(browser: Browser, url: string): Promise<{ page: Page; session: CDPSession; close: () => Promise<void> }> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  return { page, session, close: () => context.close() }
}

/** Bytes on the wire of all that a view's first visit loads of the page itself, and milliseconds until `selector` is there. */
export async function firstLoad(browser: Browser, { url, at, selector }: { url: string; at: string; selector: string }) {
  const { page, session, close } = await freshPage(browser, url)
  const sizes = new Map<string, number>()
  const own = new Set<string>()
  await session.send('Network.enable')
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (!new URL(response.url).pathname.startsWith('/api/')) own.add(requestId)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => void sizes.set(requestId, encodedDataLength))
  await page.addInitScript(`globalThis.usableAtMs = new Promise((resolve) => {
    const look = () => document.querySelector(${JSON.stringify(selector)}) ? resolve(performance.now()) : requestAnimationFrame(look)
    look()
  })`)
  await page.goto(at)
  const usableMs = z.number().parse(await page.evaluate('globalThis.usableAtMs'))
  await page.waitForLoadState('networkidle')
  await close()
  return { usableMs, bytes: [...own].reduce((sum, requestId) => sum + (sizes.get(requestId) ?? 0), 0) }
}

/** Milliseconds from a click to the frame that shows what it has changed. */
export async function clickToFrame(page: Page, selector: string): Promise<number> {
  const measured = await page.evaluate(`new Promise((resolve) => {
    const element = document.querySelector(${JSON.stringify(selector)})
    const start = performance.now()
    element.click()
    // a message after the frame's callbacks comes once it has been drawn
    requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => resolve(performance.now() - start); port2.postMessage(0) })
  })`)
  return z.number().parse(measured)
}

/** What the page's scripts hold, once nothing of it is garbage. */
export async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize
}
