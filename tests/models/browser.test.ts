import { readFileSync } from 'node:fs'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { z } from 'zod'
import { expectWithin } from '../parity/close.ts'
import { chromiumPath, startChromium } from '../support/chromium.ts'
import { caseImages, IMAGES, type ModelCase } from './model-cases.ts'
import { serveFiles } from './file-server.ts'
import { BOUND, writeModels } from './written-models.ts'

const executable = chromiumPath()
const { folder, models, remove } = await writeModels()
afterAll(remove)
const inference = path.join(import.meta.dirname, '..', '..', 'libs', 'inference', 'src')
const tfjs = createRequire(path.join(inference, 'index.ts')).resolve('@tensorflow/tfjs/dist/tf.min.js')

/** The page knows tfjs's own bundle and our layers, as a browser has them: without Node, and without types. */
const PAGE = `<!doctype html><script src="/tf.js"></script><script type="module">
import { registerLayers } from '/inference/group-normalization.ts'
registerLayers(tf)
window.logitsOf = async (url, pixels, shape) => {
  const model = await tf.loadLayersModel(url)
  return [...await model.predict(tf.tensor4d(pixels, shape)).data()]
}
window.ready = true
</script>`

function pageFile(url: string) {
  const name = path.basename(url)
  if (url === '/') return { text: PAGE, type: 'text/html' }
  if (url === '/tf.js') return { file: tfjs }
  if (url.startsWith('/inference/'))
    return { text: stripTypeScriptTypes(readFileSync(path.join(inference, name), 'utf8')), type: 'text/javascript' }
  return /^\/[\w-]+\/(model\.json|weights\.bin)$/.test(url) ? { file: path.join(folder, url) } : null
}

describe.skipIf(executable === null)('tfjs in Chromium', () => {
  let browser: Browser
  let page: Page
  let server: Awaited<ReturnType<typeof serveFiles>>
  beforeAll(async () => {
    server = await serveFiles(pageFile)
    browser = await startChromium(executable ?? '')
    page = await browser.newPage()
    await page.goto(server.url)
    await page.waitForFunction('window.ready')
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  const logitsOf = async (modelCase: ModelCase, url: string): Promise<number[]> => {
    const { imageSize } = modelCase.config
    const shape = [IMAGES, imageSize, imageSize, 3]
    const given = JSON.stringify([url, [...caseImages(modelCase).last], shape])
    return z.array(z.number()).parse(await page.evaluate(`window.logitsOf(...${given})`))
  }

  test.each(models)('$name: the same logits', { timeout: 60_000 }, async (written) => {
    expectWithin(BOUND, await logitsOf(written, `/${written.name}/model.json`), written.logits)
  })
})
