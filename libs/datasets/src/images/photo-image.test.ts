import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createJpegReader } from './jpeg-image.ts'
import { readPhoto } from './photo-image.ts'

const SIZE = 8
const PLANE = SIZE * SIZE
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-photo-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Red, green and blue of the pixel at the top left, and of that at the bottom right. */
async function corners(photo: Buffer): Promise<[number[], number[]]> {
  const planes = await readPhoto(photo, SIZE)
  expect(planes).toHaveLength(3 * PLANE)
  const at = (pixel: number): number[] => [0, 1, 2].map((channel) => planes[channel * PLANE + pixel] ?? NaN)
  return [at(0), at(PLANE - 1)]
}

const even = (background: { r: number; g: number; b: number; alpha?: number }): Sharp =>
  sharp({ create: { width: 20, height: 10, channels: background.alpha === undefined ? 3 : 4, background } })
const noise = (channels: 1 | 2 | 3 | 4): Sharp =>
  sharp(
    Uint8Array.from({ length: 60 * 40 * channels }, (_, i) => (i * 37 + (i >> 5) * 11) % 256),
    { raw: { width: 60, height: 40, channels } },
  )

test('a JPEG — the very bytes that a split has of it', async () => {
  const jpeg = await noise(3).jpeg({ quality: 95 }).toBuffer()
  const file = join(folder, 'noise.jpg')
  await writeFile(file, jpeg)
  const interleaved = await createJpegReader(SIZE)(file)
  const planes = await readPhoto(jpeg, SIZE)
  expect([...planes]).toEqual(Array.from({ length: 3 * PLANE }, (_, i) => interleaved[(i % PLANE) * 3 + Math.floor(i / PLANE)]))
})

test('a part of a larger buffer, as it comes from another process', async () => {
  const jpeg = await noise(3).jpeg().toBuffer()
  const within = new Uint8Array(Buffer.concat([Buffer.alloc(3), jpeg])).subarray(3)
  expect(await readPhoto(within, SIZE)).toEqual(await readPhoto(jpeg, SIZE))
})

test.each([
  { orientation: 1, first: 255, last: 0 },
  { orientation: 3, first: 0, last: 255 },
  { orientation: 6, first: 255, last: 0 },
  { orientation: 8, first: 0, last: 255 },
])('orientation $orientation — upright as its camera says', async ({ orientation, first, last }) => {
  // white on the left, black on the right
  const right = await even({ r: 0, g: 0, b: 0 }).resize(10, 10).png().toBuffer()
  const jpeg = await even({ r: 255, g: 255, b: 255 })
    .composite([{ input: right, left: 10, top: 0 }])
    .jpeg({ quality: 100 })
    .withMetadata({ orientation })
    .toBuffer()
  expect(await corners(jpeg)).toEqual([
    [first, first, first],
    [last, last, last],
  ])
})

describe('colours', () => {
  const rgb = { r: 200, g: 100, b: 40 }
  const cases: Record<string, { photo: () => Promise<Buffer>; colour: number[] }> = {
    'a PNG': { photo: () => even(rgb).png().toBuffer(), colour: [200, 100, 40] },
    'a PNG with a palette': { photo: () => even(rgb).png({ palette: true }).toBuffer(), colour: [200, 100, 40] },
    'a PNG of 16 bits': { photo: () => even(rgb).toColourspace('rgb16').png().toBuffer(), colour: [200, 100, 40] },
    'a transparent PNG': {
      photo: () =>
        even({ ...rgb, alpha: 0 })
          .png()
          .toBuffer(),
      colour: [255, 255, 255],
    },
    'a half transparent PNG': { photo: () => even({ r: 0, g: 0, b: 0, alpha: 0.5 }).png().toBuffer(), colour: [127, 127, 127] },
    'a grey JPEG': { photo: () => even({ r: 90, g: 90, b: 90 }).toColourspace('b-w').jpeg().toBuffer(), colour: [90, 90, 90] },
    'a grey PNG': { photo: () => even({ r: 90, g: 90, b: 90 }).toColourspace('b-w').png().toBuffer(), colour: [90, 90, 90] },
    'a progressive JPEG': { photo: () => even({ r: 90, g: 90, b: 90 }).jpeg({ progressive: true }).toBuffer(), colour: [90, 90, 90] },
  }
  test.each(Object.entries(cases))('%s', async (_, { photo, colour }) => {
    expect(await corners(await photo())).toEqual([colour, colour])
  })

  test('a transparent PNG in greys', async () => {
    const png = await noise(2).toColourspace('b-w').png().toBuffer()
    expect((await sharp(png).metadata()).channels).toBe(2)
    await corners(png)
  })

  test('a profile is ignored, as it was in training', async () => {
    const plain = await noise(3).png().toBuffer()
    const profiled = await sharp(plain).withIccProfile('p3', { attach: true }).png().toBuffer()
    const { data } = await sharp(profiled, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true })
    const same = await sharp(data, { raw: { width: 60, height: 40, channels: 3 } })
      .png()
      .toBuffer()
    expect(await readPhoto(profiled, SIZE)).toEqual(await readPhoto(same, SIZE))
  })

  test('inks — as a split has them', async () => {
    const cmyk = await noise(3).toColourspace('cmyk').jpeg().toBuffer()
    const file = join(folder, 'cmyk.jpg')
    await writeFile(file, cmyk)
    const interleaved = await createJpegReader(SIZE)(file)
    const planes = await readPhoto(cmyk, SIZE)
    expect([planes[0], planes[PLANE], planes[2 * PLANE]]).toEqual([...interleaved.subarray(0, 3)])
  })
})

describe('what cannot be read is PHOTO_UNREADABLE', () => {
  const cases: Record<string, () => Promise<Buffer> | Buffer> = {
    nothing: () => Buffer.alloc(0),
    text: () => Buffer.from('no photo at all'),
    'a JPEG cut off': async () => {
      const jpeg = await noise(3).jpeg().toBuffer()
      return jpeg.subarray(0, jpeg.length / 2)
    },
    'a PNG cut off': async () => {
      const png = await noise(3).png().toBuffer()
      return png.subarray(0, png.length / 2)
    },
    'more pixels than memory is lent for': () =>
      sharp({ create: { width: 9000, height: 9000, channels: 3, background: 'white' } })
        .toColourspace('b-w')
        .png()
        .toBuffer(),
  }
  test.each(Object.entries(cases))('%s', async (_, photo) => {
    await expect(readPhoto(await photo(), SIZE)).rejects.toMatchObject({ code: 'PHOTO_UNREADABLE' })
  })
})
