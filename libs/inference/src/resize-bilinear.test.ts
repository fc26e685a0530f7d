import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { LARGE_VECTORS, SMALL_VECTORS } from './pillow-vectors.ts'
import { type PixelImage, resizeBilinear } from './resize-bilinear.ts'

/** The image that pillow-vectors.ts describes. */
function formulaImage(width: number, height: number, channels: number): PixelImage {
  const pixels = new Uint8Array(width * height * channels)
  let i = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) pixels[i++] = (37 * x + 101 * y + 59 * c + 7 * x * y) % 256
  }
  return { pixels, width, height, channels }
}

test.each(SMALL_VECTORS)('resizeBilinear() — $from to $to gives the bytes that Pillow gives', ({ from, to: [width, height], pixels }) => {
  const resized = resizeBilinear(formulaImage(...from), { width, height })
  expect(resized).toMatchObject({ width, height, channels: from[2] })
  expect([...resized.pixels]).toEqual(pixels)
})

test.each(LARGE_VECTORS)('resizeBilinear() — $from to $to gives the SHA-256 that Pillow gives', ({ from, to: [width, height], sha256 }) => {
  const resized = resizeBilinear(formulaImage(...from), { width, height })
  expect(createHash('sha256').update(resized.pixels).digest('hex')).toBe(sha256)
})

test('resizeBilinear() — an even colour stays that colour to the last bit, also white', () => {
  for (const colour of [0, 1, 128, 254, 255]) {
    const image = { pixels: new Uint8Array(61 * 47 * 3).fill(colour), width: 61, height: 47, channels: 3 }
    expect(new Set(resizeBilinear(image, { width: 17, height: 90 }).pixels)).toEqual(new Set([colour]))
  }
})
