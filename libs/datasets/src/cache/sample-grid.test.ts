import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SamplesRequest } from '@trainyard/contracts'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DatasetMissingError } from '../errors.ts'
import { writeFlowers102 } from '../flowers102/flowers102-fixture.ts'
import type { DatasetFolders, ImageSplit } from '../image-split.ts'
import { loadSplit } from './load-split.ts'
import { sampleGrid } from './sample-grid.ts'

let root: string
let folders: DatasetFolders
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-samples-'))
  await writeFlowers102(root)
  folders = { data: join(root, 'data'), flowers102: root }
})
afterEach(() => rm(root, { recursive: true }))

const request = (fields: object): SamplesRequest =>
  SamplesRequest.parse({ dataset: 'synthetic-flowers', imageSize: 16, columns: 3, rows: 2, ...fields })

/** An image's pixels, row by row. (size, size, 3) */
function interleaved({ pixels, imageSize }: ImageSplit, index: number): Uint8Array {
  const plane = imageSize ** 2
  return Uint8Array.from({ length: 3 * plane }, (_, i) => pixels[3 * plane * index + plane * (i % 3) + Math.floor(i / 3)] ?? 0)
}

test.each(['synthetic-flowers', 'flowers102'] as const)(
  "sampleGrid() — of %s: each place holds its image's pixels, with its label and name",
  async (dataset) => {
    const { png, items } = await sampleGrid(request({ dataset, split: 'val' }), { folders })
    expect(items.map(({ row, column }) => [row, column])).toEqual([0, 1].flatMap((row) => [0, 1, 2].map((column) => [row, column])))
    const split = await loadSplit({ dataset, split: 'val', imageSize: 16, folders })
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 3 * 18 - 2, height: 2 * 18 - 2 })
    for (const { row, column, index, label } of items) {
      const place = { left: 18 * column, top: 18 * row, width: 16, height: 16 }
      const shown = await sharp(png).extract(place).removeAlpha().raw().toBuffer()
      expect(shown).toEqual(Buffer.from(interleaved(split, index)))
      expect(label).toBe(split.labels[index])
    }
    expect(new Set(items.map(({ index }) => index)).size).toBe(6)
  },
)

test('sampleGrid() — the same query gives the same picture, another seed other images', async () => {
  const first = await sampleGrid(request({}), { folders })
  expect(await sampleGrid(request({}), { folders })).toEqual(first)
  expect((await sampleGrid(request({ seed: 1 }), { folders })).items).not.toEqual(first.items)
})

test('sampleGrid() — a label with fewer images than cells: the grid ends with its last image', async () => {
  const { png, items } = await sampleGrid(request({ label: 7, columns: 4, rows: 8 }), { folders })
  expect(items.map(({ label }) => label)).toEqual(Array.from({ length: 10 }, () => 7))
  expect(items[0]).toMatchObject({ name: 'bird of paradise' })
  expect(await sharp(png).metadata()).toMatchObject({ width: 4 * 18 - 2, height: 3 * 18 - 2 })
})

test('sampleGrid() — says so where the images are not on this host', async () => {
  const elsewhere = { data: join(root, 'none'), flowers102: null }
  await expect(sampleGrid(request({ dataset: 'flowers102' }), { folders: elsewhere })).rejects.toThrow(DatasetMissingError)
})
