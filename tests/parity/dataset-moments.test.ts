import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { DatasetName } from '@trainyard/contracts'
import { imageMoments } from '@trainyard/planning'
import { loadSplit } from '@trainyard/datasets'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { flowers102Root } from '@trainyard/testing/inputs/flowers102'

const flowers102 = flowers102Root()
let data: string
beforeAll(async () => void (data = await mkdtemp(path.join(os.tmpdir(), 'moments-'))))
afterAll(() => rm(data, { recursive: true, force: true }))

async function measure(dataset: DatasetName, imageSize: number) {
  const { pixels } = await loadSplit({ dataset, split: 'train', imageSize, folders: { data, flowers102: flowers102.root } })
  const positions = 3 * imageSize ** 2
  const count = pixels.length / positions
  const [sums, squares] = [new Float64Array(positions), new Float64Array(positions)]
  pixels.forEach((byte, i) => {
    const at = i % positions
    sums[at] = (sums[at] ?? 0) + byte / 255
    squares[at] = (squares[at] ?? 0) + (byte / 255) ** 2
  })
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / positions / count
  const varianceAcrossImages = mean(squares) - sums.reduce((sum, value) => sum + (value / count) ** 2, 0) / positions
  return { secondMoment: mean(squares), varianceAcrossImages }
}

test.each([16, 32, 48, 64, 128])(
  'synthetic-flowers at %i px has the moments that forecasts use',
  { timeout: 60_000 },
  async (imageSize) => {
    await expectMeasured('synthetic-flowers', imageSize)
  },
)

test.skipIf(flowers102.root === null).each([32, 96, 128])('flowers102 at %i px has, too', { timeout: 120_000 }, async (imageSize) => {
  await expectMeasured('flowers102', imageSize)
})

async function expectMeasured(dataset: DatasetName, imageSize: number): Promise<void> {
  const [known, measured] = [imageMoments(dataset, imageSize), await measure(dataset, imageSize)]
  expect(Math.abs(known.secondMoment / measured.secondMoment - 1)).toBeLessThan(0.005)
  expect(Math.abs(known.varianceAcrossImages / measured.varianceAcrossImages - 1)).toBeLessThan(0.015)
}
