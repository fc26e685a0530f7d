import { loadEngine } from '@trainyard/tensorflow'
import { randomStream } from '@trainyard/random'
import { afterAll, describe, expect, test } from 'vitest'
import { gramMatrix } from './gram-matrix.ts'
import type { NormShape } from '../layers/norm.ts'
import type { ModelState, SavedModel, SavedState } from '../layers/parameter.ts'
import { deviceImages } from '../data/device-images.ts'
import { materializeModel } from './materialize-weights.ts'
import { train, type TrainOptions } from '../train/train.ts'

const { tf } = loadEngine(process.env)
const inputs = 300
const [trainCount, evalCount] = [40, 17]
const random = randomStream(5, 'order')
const pixelsOf = (count: number) => Uint8Array.from({ length: count * inputs }, () => random.below(256))
const split = (pixels: Uint8Array, count: number) =>
  deviceImages(tf, { pixels, labels: Uint8Array.from({ length: count }, (_, i) => i % 5), inputs })
const [trainPixels, evalPixels] = [pixelsOf(trainCount), pixelsOf(evalCount)]
const [trainImages, evalImages] = [split(trainPixels, trainCount), split(evalPixels, evalCount)]
const grams = [
  await gramMatrix(tf, { rows: trainImages, columns: trainImages }),
  await gramMatrix(tf, { rows: evalImages, columns: trainImages }),
]
const kernel = tf.doubles(
  Float64Array.from(grams.flatMap((gram) => [...gram])).map((product) => product / 255 ** 2),
  [trainCount + evalCount, trainCount],
)
afterAll(() => tf.dispose(kernel))

const norms: Record<string, NormShape | null> = {
  none: null,
  batch: { type: 'batch', position: 'before', affine: true, groupSize: 1 },
  layer: { type: 'layer', position: 'before', affine: true, groupSize: 1 },
  group: { type: 'group', position: 'before', affine: true, groupSize: 4 },
}

async function run(changes: Partial<TrainOptions> = {}) {
  const states: SavedState[] = []
  const history = await train(tf, {
    shape: { inputs, layerSizes: [16, 8], classes: 5, bias: true, norm: null },
    ...{ trainImages, evalImages, batchSize: 12, epochs: 3, lr: 0.02, momentum: 0.9, seed: 7, recordLayers: true },
    callbacks: [{ onEpochEnd: (_, state) => void states.push(state.read()) }],
    ...changes,
  })
  return { history: history.map(({ seconds: _, ...numbers }) => numbers), states }
}
const weightsOf = async (saved: SavedModel | undefined): Promise<ModelState> =>
  materializeModel(tf, saved ?? { epoch: 0, parameters: [], buffers: [] }, { images: trainImages })

function apart(a: ModelState, b: ModelState): number {
  const [x, y] = [a, b].map(({ parameters }) => parameters.flatMap(({ values }) => [...values]))
  expect(x).toHaveLength(y?.length ?? NaN)
  return Math.hypot(...(x ?? []).map((value, i) => value - (y?.[i] ?? NaN))) / Math.hypot(...(y ?? []))
}

test('gramMatrix() — the exact inner products of bytes', () => {
  const product = (p: Uint8Array, q: Uint8Array, [i, j]: [number, number]): number =>
    p.subarray(i * inputs, (i + 1) * inputs).reduce((sum, value, k) => sum + value * (q[j * inputs + k] ?? NaN), 0)
  const expected = (p: Uint8Array, count: number) =>
    Float64Array.from({ length: count * trainCount }, (_, at) => product(p, trainPixels, [Math.floor(at / trainCount), at % trainCount]))
  expect(grams).toEqual([expected(trainPixels, trainCount), expected(evalPixels, evalCount)])
})

describe.each(Object.entries(norms))('a first layer in the dual form, norm %s', (_name, norm) => {
  const shape = { inputs, layerSizes: [16, 8], classes: 5, bias: true, norm }

  test('the losses, evaluations, signal and weights of the one over pixels in float64', async () => {
    const [sample, direct] = [await run({ shape, kernel }), await run({ shape, precision: 'float64' })]
    sample.history.forEach(({ layers, ...result }, epoch) => {
      const expected = direct.history[epoch]
      expect(result.loss).toBeCloseTo(expected?.loss ?? NaN, 6)
      expect(result.evalLoss).toBeCloseTo(expected?.evalLoss ?? NaN, 6)
      for (const name of ['weightNorm', 'gradientNorm', 'updateRatio'] as const)
        expect(Math.abs((layers?.[0]?.[name] ?? NaN) / (expected?.layers?.[0]?.[name] ?? NaN) - 1), name).toBeLessThan(1e-6)
    })
    expect(apart(await weightsOf(sample.states.at(-1)), await weightsOf(direct.states.at(-1)))).toBeLessThan(1e-6)
  })

  test('resumed — the bits of an uninterrupted run, and no tensor is left', async () => {
    const before = tf.liveTensors()
    const whole = await run({ shape, kernel, epochs: 4 })
    const resumed = await run({ shape, kernel, epochs: 4, ...(whole.states[1] && { start: whole.states[1] }) })
    expect(resumed.history).toEqual(whole.history.slice(2))
    expect(resumed.states.at(-1)).toEqual(whole.states.at(-1))
    expect(tf.liveTensors()).toBe(before)
  })

  test.each([
    ['from the dual form to pixels', kernel, null],
    ['from pixels to the dual form', null, kernel],
  ])('gone on with %s — the curve goes on, and once more after the next checkpoint', async (_way, first, second) => {
    const whole = await run({ shape, kernel: first, epochs: 5 })
    const changed = await run({ shape, kernel: second, epochs: 4, ...(whole.states[1] && { start: whole.states[1] }) })
    const back = await run({ shape, kernel: second, epochs: 5, ...(changed.states[1] && { start: changed.states[1] }) })
    const losses = [...changed.history, ...back.history].map(({ loss }) => loss)
    whole.history.slice(2).forEach(({ loss }, i) => expect(losses[i]).toBeCloseTo(loss, 5))
    expect(apart(await weightsOf(back.states.at(-1)), await weightsOf(whole.states.at(-1)))).toBeLessThan(1e-6)
  })
})
