import { createClient } from '@trainyard/client'
import type { Experiment } from '@trainyard/contracts'
import { readPhoto } from '@trainyard/datasets'
import { loadTfjs } from '@trainyard/tensorflow'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { chromiumExecutable } from '@trainyard/testing/services/chromium'
import { expectAccessible, expectStill, ownDashboard, takePicture } from './own-dashboard.ts'

const executable = chromiumExecutable()
const SIZE = 32
const tfjs = loadTfjs()
const ModelJson = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.tuple([
    z.object({ weights: z.array(z.object({ name: z.string(), shape: z.array(z.int()), dtype: z.literal('float32') })) }),
  ]),
})
const REQUEST = { dataset: 'synthetic-flowers', imageSize: SIZE, width: 64, depth: 2, epochs: 30, lr: 0.02, keepModel: 'final' } as const
const PHONE = { width: 390, height: 844 }
/** Percentage points between what the service and the browser say of a class: weights of a byte each, one decimal shown. Seen: 1.0. */
const SHARE_BOUND = 2
const TRAINING_TIMEOUT_MS = 120_000

describe.skipIf(executable === null)('trying a model', () => {
  const dashboard = ownDashboard({ executable: executable ?? '' })
  const client = () => createClient({ baseUrl: dashboard.service.url })
  let experiment: Experiment

  test('no model yet — says so', async () => {
    const page = await dashboard.open('/try')
    await page.getByRole('heading', { name: 'No model yet' }).waitFor()
    await expectAccessible(page)
  })

  describe('with models', () => {
    let flower: Buffer
    let others: Experiment[]
    beforeAll(async () => {
      const { experiments } = client()
      const submitted = await experiments.submit({ ...REQUEST, norm: 'batch', name: 'Batch norm' })
      const kinds = [
        { norm: 'layer' },
        { norm: 'group', groupSize: 8, normPosition: 'after' },
        { depth: 0, width: undefined },
        { keepModel: 'none' },
      ] as const
      const rest = await Promise.all(kinds.map((kind) => experiments.submit({ ...REQUEST, ...kind })))
      experiment = await experiments.wait(submitted.id)
      others = await Promise.all(rest.map(({ id }) => experiments.wait(id)))
      flower = await clearFlower(await probabilitiesBy(experiment))
    }, TRAINING_TIMEOUT_MS)

    /** The kept model in full precision, in tfjs: how likely every class of a photo is. */
    async function probabilitiesBy({ id }: Experiment): Promise<(photo: Buffer) => Promise<number[]>> {
      const file = (name: 'model.json' | 'weights.bin') => client().experiments.modelFile(id, { kind: 'final', file: name })
      const { modelTopology, weightsManifest } = ModelJson.parse(await (await file('model.json')).json())
      const weightData = await (await file('weights.bin')).arrayBuffer()
      const model = await tfjs.loadLayersModel(tfjs.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }))
      return async (photo) => {
        const pixels = (await trainerPixels(photo)).map((pixel) => pixel / 255)
        const [logits] = [model.predict(tfjs.tensor4d(pixels, [1, SIZE, SIZE, 3]))].flat()
        return [...(logits?.softmax().dataSync() ?? [])]
      }
    }

    /** Of some images the one whose six likeliest classes are farthest from each other, so that rounding changes no order. */
    async function clearFlower(probabilities: (photo: Buffer) => Promise<number[]>): Promise<Buffer> {
      const seeds = Array.from({ length: 16 }, (_, seed) => seed)
      const photos = await Promise.all(
        seeds.map(async (seed) =>
          Buffer.from(await client().datasets.samples('synthetic-flowers', { split: 'test', columns: 1, rows: 1, imageSize: 128, seed })),
        ),
      )
      const found = await Promise.all(
        photos.map(async (photo) => {
          const sorted = (await probabilities(photo)).toSorted((a, b) => b - a)
          const ratios = Array.from({ length: 5 }, (_, i) => (sorted[i] ?? 0) / (sorted[i + 1] ?? 1))
          return { photo, clearness: Math.min(...ratios) }
        }),
      )
      const [clearest] = found.toSorted((a, b) => b.clearness - a.clearness)
      if (!clearest) throw new Error('There are no images')
      return clearest.photo
    }

    const card = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true })
    const choose = (page: Page, file: { name: string; mimeType: string; buffer: Buffer }) =>
      page.getByLabel(/^Choose a photo/).setInputFiles(file)
    const png = (buffer: Buffer) => ({ name: 'flower.png', mimeType: 'image/png', buffer })
    const jpeg = (buffer: Buffer) => ({ name: 'flower.jpg', mimeType: 'image/jpeg', buffer })
    /** The names in a card, and how likely each is, in percent. */
    async function answerIn(page: Page, title: string): Promise<{ names: string[]; shares: number[] }> {
      await card(page, title).locator('.classes li').nth(4).waitFor()
      const texts = (part: string) => card(page, title).locator(part).allInnerTexts()
      return { names: await texts('.class-name'), shares: (await texts('.class-share')).map(parseFloat) }
    }
    const compute = (page: Page) => page.getByRole('button', { name: 'Compute it in this browser' }).click()
    /** What the network sees, (size, size, 3), once the page shows this photo. */
    async function seenPixels(page: Page, title: string): Promise<number[]> {
      await page.getByRole('img', { name: `${title} as the network sees it: ${SIZE} × ${SIZE} pixels` }).waitFor()
      const rgba = z
        .array(z.number())
        .parse(
          await page.evaluate(
            `Array.from(document.querySelector('canvas.pixels').getContext('2d').getImageData(0, 0, ${SIZE}, ${SIZE}).data)`,
          ),
        )
      return rgba.filter((_, i) => i % 4 !== 3)
    }
    /** The same by the trainer's own reading. */
    async function trainerPixels(photo: Buffer): Promise<number[]> {
      const planes = await readPhoto(photo, SIZE)
      return Array.from(planes, (_, i) => planes[(i % 3) * SIZE ** 2 + Math.floor(i / 3)] ?? NaN)
    }
    const distance = (a: number[], b: number[]): number => Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))))

    test('the service names the photo at once; tfjs comes only when it is asked for, and says the same', async () => {
      const page = await dashboard.open(`/try?id=${experiment.id}`)
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await choose(page, png(flower))
      const service = await answerIn(page, 'By the service')
      const { classes } = await client().experiments.predict(experiment.id, new Uint8Array(flower))
      expect(service.names).toEqual(classes.map((each) => each.name))
      expect(service.shares).toEqual(classes.map(({ probability }) => Number((100 * probability).toFixed(1))))
      expect(asked.filter((url) => /browser-model|\/models\//.test(url))).toEqual([])
      await compute(page)
      const browser = await answerIn(page, 'In this browser')
      expect(browser.names).toEqual(service.names)
      expect(distance(browser.shares, service.shares)).toBeLessThanOrEqual(SHARE_BOUND)
      await page.getByText(/^Both give the same names\./).waitFor()
      expect(asked.some((url) => url.includes('browser-model'))).toBe(true)
      await expectAccessible(page)
      await expectStill(page)
      await takePicture(page, 'try')
    })

    test('the model is fetched once: a second visit moves no bytes of it', async () => {
      const page = await dashboard.open(`/try?id=${experiment.id}`)
      await compute(page)
      await page.getByText('The model is loaded. Choose a photo.').waitFor()
      const moved = async () =>
        z.array(z.object({ name: z.string(), bytes: z.number() })).parse(
          await page.evaluate(`performance.getEntriesByType('resource').filter(({ name }) => /models|browser-model/.test(name))
            .map(({ name, transferSize }) => ({ name: name.replace(/.*\\//, ''), bytes: transferSize }))`),
        )
      const first = await moved()
      expect(first.length).toBeGreaterThanOrEqual(3)
      for (const { bytes } of first) expect(bytes).toBeGreaterThan(0)
      await page.reload()
      await compute(page)
      await page.getByText('The model is loaded. Choose a photo.').waitFor()
      expect((await moved()).filter(({ name: file }) => !file.startsWith('browser-model')).map(({ bytes }) => bytes)).toEqual([0, 0])
    })

    test('every kind of network in the browser, as the service computes it', async () => {
      for (const { id } of others.filter(({ model }) => model !== null)) {
        const page = await dashboard.open(`/try?id=${id}`)
        await choose(page, png(flower))
        await compute(page)
        const [service, browser] = [await answerIn(page, 'By the service'), await answerIn(page, 'In this browser')]
        expect(browser.names[0]).toBe(service.names[0])
        expect(distance(browser.shares, service.shares)).toBeLessThanOrEqual(SHARE_BOUND)
        await page.close()
      }
    })

    test('tensors are disposed of: photo after photo, and when one leaves', async () => {
      const page = await dashboard.open(`/try?id=${experiment.id}`)
      const tensors = () => page.evaluate('globalThis._tfengine.state.numTensors')
      await choose(page, png(flower))
      await compute(page)
      await answerIn(page, 'In this browser')
      const held = await tensors()
      expect(held).toBeGreaterThan(0)
      await choose(page, { ...png(await sharp(flower).negate().png().toBuffer()), name: 'negative.png' })
      await seenPixels(page, 'negative.png')
      await answerIn(page, 'In this browser')
      expect(await tensors()).toBe(held)
      await page.getByRole('link', { name: 'Workers' }).click()
      await page.getByRole('heading', { level: 1, name: /Workers/ }).waitFor()
      expect(await tensors()).toBe(0)
    })

    test('without a graphics processor JavaScript computes it', async () => {
      const page = await dashboard.open(`/try?id=${experiment.id}`)
      await page.addInitScript(`for (const { prototype } of [HTMLCanvasElement, OffscreenCanvas]) {
        const { getContext } = prototype
        prototype.getContext = function (kind, ...more) { return /webgl/.test(kind) ? null : getContext.call(this, kind, ...more) }
      }`)
      await page.reload()
      await choose(page, png(flower))
      await compute(page)
      const [service, browser] = [await answerIn(page, 'By the service'), await answerIn(page, 'In this browser')]
      expect(browser.names).toEqual(service.names)
      await page.getByText(/JavaScript computes it/).waitFor()
    })

    test('a photo that is to stay here is not sent', async () => {
      const page = await dashboard.open(`/try?id=${experiment.id}`)
      const sent: string[] = []
      page.on('request', (request) => {
        if (request.method() !== 'GET') sent.push(request.url())
      })
      await page.getByLabel('Send photos to the service').uncheck()
      await choose(page, png(flower))
      await compute(page)
      await answerIn(page, 'In this browser')
      await page.getByText('The photo is not sent.').waitFor()
      expect(sent).toEqual([])
    })

    test('what the network sees is what the trainer would see', async () => {
      const page = await dashboard.open(`/try?id=${experiment.id}`)
      await page.getByLabel('Send photos to the service').uncheck()
      const shapes = sharp(flower).resize(300, 200, { fit: 'fill' })
      // Chromium and sharp decode JPEGs alike, seen equal; another build of libjpeg may round otherwise
      const cases: Record<string, { photo: Buffer; within: number }> = {
        'plain.png': { photo: await shapes.clone().png().toBuffer(), within: 0 },
        'grey.png': { photo: await shapes.clone().greyscale().png().toBuffer(), within: 0 },
        'palette.png': { photo: await shapes.clone().png({ palette: true }).toBuffer(), within: 0 },
        'profile.png': { photo: await shapes.clone().withIccProfile('p3', { attach: true }).png().toBuffer(), within: 0 },
        'transparent.png': { photo: await shapes.clone().ensureAlpha(0.5).png().toBuffer(), within: 1 },
        'shapes.jpg': { photo: await shapes.clone().jpeg({ quality: 90 }).toBuffer(), within: 2 },
        'fine.jpg': { photo: await shapes.clone().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(), within: 2 },
        'upright.jpg': { photo: await shapes.clone().jpeg().withMetadata({ orientation: 6 }).toBuffer(), within: 2 },
        'profile.jpg': { photo: await shapes.clone().withIccProfile('p3', { attach: true }).jpeg().toBuffer(), within: 2 },
      }
      for (const [title, { photo, within }] of Object.entries(cases)) {
        await choose(page, { name: title, mimeType: title.endsWith('png') ? 'image/png' : 'image/jpeg', buffer: photo })
        const most = distance(await seenPixels(page, title), await trainerPixels(photo))
        expect.soft(most, title).toBeLessThanOrEqual(within)
      }
    })

    test('a photo of 12 megapixels; one that is too large to send', async () => {
      const page = await dashboard.open(`/try?id=${experiment.id}`)
      const large = await sharp(flower).resize(4000, 3000, { fit: 'fill' }).jpeg().toBuffer()
      await choose(page, jpeg(large))
      await compute(page)
      expect((await answerIn(page, 'In this browser')).names).toEqual((await answerIn(page, 'By the service')).names)
      const noise = Uint8Array.from({ length: 2000 * 2000 * 3 }, (_, i) => (i * 2654435761) >>> 11)
      const heavy = await sharp(noise, { raw: { width: 2000, height: 2000, channels: 3 } })
        .png({ compressionLevel: 0 })
        .toBuffer()
      expect(heavy.length).toBeGreaterThan(10 * 2 ** 20)
      await choose(page, { name: 'heavy.png', mimeType: 'image/png', buffer: heavy })
      await page.getByText(/the service takes at most 10.0 MiB/).waitFor()
      await page.getByRole('img', { name: /^heavy.png as the network sees it/ }).waitFor()
      await answerIn(page, 'In this browser')
    })

    test('what is no image is refused with a sentence, and not sent', async () => {
      const page = await dashboard.open(`/try?id=${experiment.id}`)
      const sent: string[] = []
      page.on('request', (request) => {
        if (request.method() !== 'GET') sent.push(request.url())
      })
      await choose(page, { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('Dear network') })
      await page.getByText('This browser cannot read that file as an image: choose a JPEG or a PNG').waitFor()
      expect(sent).toEqual([])
      await choose(page, png(flower))
      await answerIn(page, 'By the service')
    })

    test('dropped, pasted, or an image of the dataset; another model is chosen by the address', async () => {
      const page = await dashboard.open(`/try?id=${experiment.id}`)
      await page.getByLabel(/^Choose a photo/).waitFor()
      const bytes = JSON.stringify([...flower])
      for (const kind of ['drop', 'paste']) {
        await page.evaluate(`(() => {
          const data = new DataTransfer()
          data.items.add(new File([new Uint8Array(${bytes})], '${kind}.png', { type: 'image/png' }))
          const event = '${kind}' === 'drop' ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
          document.body.dispatchEvent(event)
        })()`)
        await page.getByRole('img', { name: new RegExp(`^${kind}.png as the network sees it`) }).waitFor()
      }
      await page.getByRole('button', { name: 'An image of synthetic-flowers' }).click()
      await page.getByRole('img', { name: /^(?!paste).* as the network sees it/ }).waitFor()
      const [other] = others
      await page.getByLabel('The model of').selectOption(other?.id ?? '')
      await page.waitForURL(`**/try?id=${other?.id}`)
      const none = others.find(({ model }) => model === null)
      await page.goto(`/try?id=${none?.id}`)
      await page.getByText(/has no model: it was submitted with keepModel none/).waitFor()
      await expectAccessible(page)
    })

    test('a phone in the dark', async () => {
      const page = await dashboard.open(`/try?id=${experiment.id}`, { colorScheme: 'dark', viewport: PHONE })
      await choose(page, png(flower))
      await compute(page)
      await answerIn(page, 'By the service')
      await answerIn(page, 'In this browser')
      await expectAccessible(page)
      await expectStill(page)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width)
    })
  })

  test('nothing went wrong in any page', () => expect(dashboard.faults).toEqual([]))
})
