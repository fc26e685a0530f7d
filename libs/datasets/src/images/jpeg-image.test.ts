import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createJpegReader } from './jpeg-image.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-jpeg-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(jpeg: Buffer): Promise<number[]> {
  const file = join(folder, 'image.jpg')
  await writeFile(file, jpeg)
  return [...(await createJpegReader(8)(file))]
}

const even = (channels: 3 | 4, background: { r: number; g: number; b: number }) =>
  sharp({ create: { width: 16, height: 16, channels, background } })

test('readJpeg() — a greyscale image has three equal channels', async () => {
  const grey = await even(3, { r: 90, g: 90, b: 90 }).toColourspace('b-w').jpeg().toBuffer()
  expect(await read(grey)).toEqual(Array.from({ length: 8 * 8 * 3 }, () => 90))
})

test('readJpeg() — orientation is ignored, as torchvision ignores it', async () => {
  const left = await even(3, { r: 0, g: 0, b: 0 })
    .composite([{ input: await even(3, { r: 255, g: 255, b: 255 }).resize(8, 16).png().toBuffer(), left: 0, top: 0 }])
    .jpeg({ quality: 100 })
    .withMetadata({ orientation: 3 })
    .toBuffer()
  const pixels = await read(left)
  expect([pixels[0], pixels.at(-1)]).toEqual([255, 0])
})

/** Pillow 13: `Image.new('CMYK', (8, 8), (30, 120, 200, 60)).save(…, quality=95)`. */
const CMYK_JPEG =
  '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD9hK3K/Nuv0Mr/2Q=='

test('readJpeg() — inks become the red, green and blue that Pillow makes of them', async () => {
  const pixels = await read(Buffer.from(CMYK_JPEG, 'base64'))
  expect(pixels.slice(0, 3)).toEqual([172, 103, 42])
})
