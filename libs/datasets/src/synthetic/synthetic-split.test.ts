import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLASSES } from '@trainyard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFlowerPainter } from './flower-image.ts'
import type { ImageSplit } from '../image-split.ts'
import { loadSplit } from '../cache/load-split.ts'
import { firstPose, syntheticLabels } from './synthetic-split.ts'

let data: string
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'trainyard-synthetic-'))
})
afterAll(() => rm(data, { recursive: true }))

const load = (split: 'train' | 'val' | 'test', imageSize = 16) =>
  loadSplit({ dataset: 'synthetic-flowers', split, imageSize, folders: { data, flowers102: null } })

test('synthetic-flowers — every kind has equally many images in every split', async () => {
  for (const [split, images] of [
    ['train', 10],
    ['val', 10],
    ['test', 20],
  ] as const) {
    const counts = Array.from({ length: CLASSES }, () => 0)
    for (const label of (await load(split)).labels) counts[label]! += 1
    expect(new Set(counts)).toEqual(new Set([images]))
  }
})

test('synthetic-flowers — the same bytes on every machine', async () => {
  expect((await load('train', 32)).sha256).toBe('085b0b64d0fa3645681c9d61727202f782b4f401cf4fd73c04110134fd1a6ded')
})

test('synthetic-flowers — no image comes twice, within a split or across', async () => {
  const images = new Set<string>()
  const splits = [await load('train'), await load('val'), await load('test')]
  for (const { pixels, count } of splits) {
    const bytes = pixels.length / count
    for (let i = 0; i < count; i++) images.add(Buffer.from(pixels.subarray(i * bytes, (i + 1) * bytes)).toString('latin1'))
  }
  expect(images.size).toBe(splits.reduce((sum, { count }) => sum + count, 0))
})

test('synthetic-flowers — kinds differ: the nearest mean of the train split names more than half of the val split', async () => {
  expect(nearestMeanAccuracy({ train: await load('train'), val: await load('val') })).toBeGreaterThan(0.5) // chance: 0.01
})

test.each([8, 512])('createFlowerPainter() — draws at %i pixels: a flower of another colour on its background', (imageSize) => {
  const pixels = new Uint8Array(3 * imageSize ** 2)
  createFlowerPainter({ labels: syntheticLabels('train'), firstPose: firstPose('train'), imageSize })(0, pixels)
  const green = pixels.subarray(imageSize ** 2, 2 * imageSize ** 2)
  const red = pixels.subarray(0, imageSize ** 2)
  const middle = (imageSize / 2 + 1) * imageSize - imageSize / 4
  expect(red[middle]! - green[middle]!).toBeGreaterThan(60) // a petal of the first kind
  expect(green[0]!).toBeGreaterThan(red[0]!) // its background
})

function nearestMeanAccuracy({ train, val }: { train: ImageSplit; val: ImageSplit }): number {
  const inputs = train.pixels.length / train.count
  const means = new Float64Array(CLASSES * inputs)
  train.pixels.forEach((value, i) => {
    means[train.labels[Math.floor(i / inputs)]! * inputs + (i % inputs)]! += value / 10
  })
  let right = 0
  for (let image = 0; image < val.count; image++) {
    const distances = Array.from({ length: CLASSES }, (_, kind) => {
      let sum = 0
      for (let i = 0; i < inputs; i++) sum += (val.pixels[image * inputs + i]! - means[kind * inputs + i]!) ** 2
      return sum
    })
    if (distances.indexOf(Math.min(...distances)) === val.labels[image]) right++
  }
  return right / val.count
}
