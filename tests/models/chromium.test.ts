import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { expectWithin } from '../parity/close.ts'
import { chromiumExecutable, startChromium } from '@trainyard/testing/services/chromium'
import { caseImages, IMAGES } from './model-cases.ts'
import { startModelSite } from './model-site.ts'
import { BOUND, writeModels } from './written-models.ts'

const executable = chromiumExecutable()
const { folder, models, remove } = await writeModels()
afterAll(remove)

describe.skipIf(executable === null)('tfjs in Chromium', () => {
  const opened: (() => Promise<void>)[] = []
  const faults: string[] = []
  let page: Page
  beforeAll(async () => {
    const site = await startModelSite(folder)
    opened.unshift(site.close)
    const browser = await startChromium(executable ?? '')
    opened.unshift(() => browser.close())
    page = await browser.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(site.url)
  })
  afterAll(async () => {
    for (const close of opened) await close()
  })

  // what a browser takes by itself where it can, and what it takes where it cannot
  const cases = models.flatMap((written) => ['webgl', 'cpu'].map((backend) => ({ ...written, backend })))
  test.each(cases)('$name on $backend: the same logits', async ({ backend, ...written }) => {
    const { imageSize } = written.config
    const request = { name: written.name, pixels: [...caseImages(written).last], shape: [IMAGES, imageSize, imageSize, 3], backend }
    // as text: what vitest makes of a function would not run there
    const logits = await page.evaluate(`import('/page/browser-logits.mjs').then(({ logitsOf }) => logitsOf(${JSON.stringify(request)}))`)
    expectWithin(BOUND, z.array(z.number()).parse(logits), written.logits)
    expect(faults).toEqual([])
  })
})
