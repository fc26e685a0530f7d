import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { CLASSES, NormType } from '@trainyard/contracts'
import { type ImageSplit, loadSplit } from '@trainyard/datasets'
import { loadEngine, type Tensor } from '@trainyard/tensorflow'
import {
  gramMatrix,
  type NetworkShape,
  deviceImages,
  type DeviceImages,
  type SavedModel,
  materializeModel,
  train,
  type TrainOptions,
} from '@trainyard/training'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { flowers102Root } from '@trainyard/testing/inputs/flowers102'
import { presentPythonWithTorch } from '@trainyard/testing/python/python-with-torch'
import { expectLossesWithin, expectRelativelyWithin, expectWithin } from './close.ts'
import { formulaOrder, formulaState, norm as normOf } from './formula.ts'
import { boundsOf, goldenShape, readGoldens } from './golden.ts'

const Float64Losses = z.record(NormType, z.array(z.array(z.number())))
/** What `torch_float64.py PIXELS LABELS 10` prints of Flowers102's train split: ten minutes of PyTorch. */
const FLOAT64_LOSSES = Float64Losses.parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'torch-float64.json'), 'utf8')))
const flowers102 = flowers102Root()
const python = flowers102.root === null ? null : await presentPythonWithTorch()
const { tf } = loadEngine(process.env)
const inputs = 3 * 128 * 128

const shapeOf = (norm: NormType): NetworkShape => ({
  ...{ inputs, layerSizes: [512, 512, 512], classes: CLASSES, bias: true },
  norm: norm === 'none' ? null : { type: norm, position: 'before', affine: true, groupSize: 16 },
})

describe.skipIf(flowers102.root === null)('the notebook’s network on Flowers102, its first layer in the dual form', () => {
  let data: string
  let split: ImageSplit
  let images: DeviceImages
  let kernel: Tensor
  beforeAll(async () => {
    data = await mkdtemp(path.join(os.tmpdir(), 'parity-'))
    split = await loadSplit({ dataset: 'flowers102', split: 'train', imageSize: 128, folders: { data, flowers102: flowers102.root } })
    images = deviceImages(tf, { pixels: split.pixels, labels: split.labels, inputs })
    const products = await gramMatrix(tf, { rows: images, columns: images })
    kernel = tf.doubles(
      products.map((product) => product / 255 ** 2),
      [images.count, images.count],
    )
  }, 300_000)
  afterAll(() => rm(data, { recursive: true, force: true }))

  /** Every step's loss, epoch by epoch, and the network at the end. */
  async function run(shape: NetworkShape, changes: Partial<TrainOptions>): Promise<{ losses: number[][]; final: SavedModel | null }> {
    const losses: number[][] = []
    const ends: SavedModel[] = []
    const epochs = changes.epochs ?? 1
    await train(tf, {
      ...{ shape, epochs, trainImages: images, evalImages: null, batchSize: 64, lr: 1e-4, momentum: 0.9, seed: 3 },
      callbacks: [
        {
          onSteps: ({ epoch, losses: read }) => void (losses[epoch - 1] ??= []).push(...read),
          onEpochEnd: ({ epoch }, state) => void (epoch === epochs && ends.push(state.read())),
        },
      ],
      ...changes,
    })
    return { losses, final: ends[0] ?? null }
  }
  const byFormula = (shape: NetworkShape) => ({
    start: formulaState(tf, shape),
    order: (epoch: number) => formulaOrder(epoch, images.count),
  })

  test.each(readGoldens('flowers102.json'))(
    'the golden’s first epoch, $name',
    async (golden) => {
      const shape = goldenShape(golden)
      const { losses } = await run(shape, { kernel, ...byFormula(shape) })
      expectLossesWithin(boundsOf(golden), losses[0] ?? [], golden.stepLosses[0] ?? [])
    },
    120_000,
  )

  test.each(readGoldens('flowers102.json').filter(({ norm }) => norm === 'none'))(
    'the golden’s ten epochs, $name — losses within 5e-4, the final parameters’ norms within 1e-5',
    async (golden) => {
      const shape = goldenShape(golden)
      const { losses, final } = await run(shape, { kernel, epochs: golden.epochs, ...byFormula(shape) })
      expectWithin(5e-4, losses.flat(), golden.stepLosses.flat())
      const materialized = final && (await materializeModel(tf, final, { images }))
      const norms = Object.fromEntries((materialized?.parameters ?? []).map(({ name, values }) => [name, normOf(values)]))
      expectRelativelyWithin(1e-5, norms, golden.finalParameterNorms)
    },
    120_000,
  )

  test.each(NormType.options)(
    'PyTorch in float64, norm %s — all losses of ten epochs',
    async (norm) => {
      const expected = FLOAT64_LOSSES[norm]
      const shape = shapeOf(norm)
      const { losses } = await run(shape, { kernel, epochs: expected.length, ...byFormula(shape) })
      expect(losses).toHaveLength(10)
      expectWithin(1e-9, losses.flat(), expected.flat()) // seen: 4e-12
    },
    120_000,
  )

  test.skipIf(python === null)(
    'PyTorch in float64 — the first epoch of torch-float64.json, computed again',
    async () => {
      await writeFile(path.join(data, 'pixels'), split.pixels)
      await writeFile(path.join(data, 'labels'), split.labels)
      const files = ['pixels', 'labels'].map((name) => path.join(data, name))
      const { stdout } = await promisify(execFile)(python ?? '', [path.join(import.meta.dirname, 'torch_float64.py'), ...files, '1'])
      const computed = Float64Losses.parse(JSON.parse(stdout))
      for (const norm of NormType.options) expectWithin(1e-11, computed[norm].flat(), FLOAT64_LOSSES[norm][0] ?? [])
    },
    240_000,
  )

  /** The arrays of both after three epochs, one beside the other. */
  async function compared(shape: NetworkShape, precision: 'float32' | 'float64') {
    const [sample, direct] = [await run(shape, { kernel, epochs: 3 }), await run(shape, { precision, epochs: 3 })]
    const [ours, theirs] = await Promise.all([sample, direct].map(async ({ final }) => final && materializeModel(tf, final, { images })))
    expect(ours?.parameters.map(({ name }) => name)).toEqual(theirs?.parameters.map(({ name }) => name))
    return (ours?.parameters ?? []).map(({ name, values }, i) => {
      const expected = theirs?.parameters[i]?.values ?? new Float32Array()
      return { name, difference: normOf(values.map((value, k) => value - (expected[k] ?? NaN))), norm: normOf(expected) }
    })
  }

  test.each(NormType.options)(
    'norm %s — after three epochs every array of weights is that of a first layer over pixels in float64',
    async (norm) => {
      for (const { name, difference, norm: expected } of await compared(shapeOf(norm), 'float64'))
        expect(difference / expected, name).toBeLessThan(1e-6)
    },
    300_000,
  )

  test('without a norm — after three epochs the weights are those of a first layer over pixels in float32, too', async () => {
    const arrays = await compared(shapeOf('none'), 'float32')
    const whole = Math.hypot(...arrays.map(({ difference }) => difference)) / Math.hypot(...arrays.map(({ norm }) => norm))
    expect(whole).toBeLessThan(1e-6)
  }, 300_000)
})
