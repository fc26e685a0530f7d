import { loadEngine, wholeNumbers } from '@trainyard/tensorflow'
import { randomStream } from '@trainyard/random'
import { describe, expect, test } from 'vitest'
import { batches, epochOrder } from '../data/batches.ts'
import { createNetwork } from '../network/network.ts'
import type { NormShape } from '../layers/norm.ts'
import { deviceImages } from '../data/device-images.ts'
import type { EpochResult } from '../train/callbacks.ts'
import { train } from '../train/train.ts'

const { tf } = loadEngine(process.env)
const inputs = 12
const count = 23
const random = randomStream(4, 'order')
const images = deviceImages(tf, {
  pixels: Uint8Array.from({ length: count * inputs }, () => random.below(256)),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 5),
  inputs,
})
const norms: Record<string, NormShape | null> = {
  none: null,
  'batch before': { type: 'batch', position: 'before', affine: true, groupSize: 1 },
  'layer after': { type: 'layer', position: 'after', affine: false, groupSize: 1 },
}
const optionsOf = (norm: NormShape | null) => ({
  shape: { inputs, layerSizes: [8, 6], classes: 5, bias: true, norm },
  ...{ trainImages: images, evalImages: null, batchSize: 6, epochs: 2, lr: 0.1, momentum: 0.9, seed: 1 },
})

/** The same by hand: every step's activations on the host, in double precision. */
function byHand(norm: NormShape | null) {
  const { shape, batchSize, lr, momentum, seed } = optionsOf(norm)
  const network = createNetwork(tf, shape, { seed })
  const seen = shape.layerSizes.concat(5).map(() => ({ before: [] as number[][], after: [] as number[][], outputSquares: 0 }))
  let gradientNorms: number[] = []
  let ratios: number[] = []
  let steps = 0
  for (const indices of batches(epochOrder({ seed, epoch: 1, count }), batchSize)) {
    const { x, labels } = images.batch(wholeNumbers(tf, indices))
    const { gradients, traces } = network.backward(x, labels)
    const before = network.state(0).read().parameters
    network.step(gradients, { lr, momentum })
    const after = network.state(0).read().parameters
    const rowsOf = (values: Float32Array) =>
      Array.from(indices, (_, row) => [
        ...values.slice((row * values.length) / indices.length, ((row + 1) * values.length) / indices.length),
      ])
    traces.forEach((trace, layer) => {
      const sums = seen[layer]
      if (!sums) return
      sums.before.push(...rowsOf(tf.readFloats(trace.before)))
      sums.after.push(...rowsOf(tf.readFloats(trace.after)))
      sums.outputSquares += tf.readFloats(trace.output).reduce((sum, value) => sum + value ** 2, 0)
    })
    steps += 1
    gradientNorms = network.layers.map(({ weightIndex }) =>
      Math.hypot(...(gradients[weightIndex] ? tf.readFloats(gradients[weightIndex]) : [])),
    )
    ratios = network.layers.map(({ weightIndex }) => {
      const [old, now] = [before[weightIndex]?.values ?? new Float32Array(), after[weightIndex]?.values ?? new Float32Array()]
      return Math.hypot(...now.map((value, i) => value - (old[i] ?? NaN))) / Math.hypot(...now)
    })
  }
  network.dispose()
  return seen.map(({ before, after, outputSquares }, layer) => ({
    outputNorm: Math.sqrt(outputSquares / steps),
    ...{ preMean: mean(before.flat()), preStd: std(before.flat()), mean: mean(after.flat()), std: std(after.flat()) },
    deadShare: layer === 2 ? null : after[0]?.map((_, unit) => after.every((row) => row[unit] === 0)).filter(Boolean).length,
    gradientNorm: gradientNorms[layer],
    updateRatio: ratios[layer],
  }))
}
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const std = (values: number[]): number => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))

describe.each(Object.entries(norms))('layers of an epoch, norm %s', (_name, norm) => {
  test('are what the activations, gradients and updates of all its steps give by hand', async () => {
    const [first] = await train(tf, { ...optionsOf(norm), recordLayers: true })
    const expected = byHand(norm)
    expect(first?.layers?.map(({ layer, kind }) => `${layer} ${kind}`)).toEqual(['1 hidden', '2 hidden', '3 output'])
    first?.layers?.forEach((signal, layer) => {
      const { deadShare, ...numbers } = expected[layer] ?? {}
      const units = [8, 6][layer]
      expect(signal.deadShare).toBe(units === undefined ? null : (deadShare ?? NaN) / units)
      for (const [name, value] of Object.entries(numbers))
        expect(Math.abs(Number(Reflect.get(signal, name)) - (value ?? NaN)), `${name} of layer ${layer + 1}`).toBeLessThan(
          1e-4 * (1 + Math.abs(value ?? 0)),
        )
    })
  })

  test('looking changes nothing: the same losses and weights with it and without, and no tensor is left', async () => {
    const run = async (recordLayers: boolean) => {
      const states: unknown[] = []
      const callbacks = [{ onEpochEnd: (_: EpochResult, state: { read(): unknown }) => void states.push(state.read()) }]
      const history = await train(tf, { ...optionsOf(norm), recordLayers, callbacks })
      return { states, losses: history.map(({ loss }) => loss) }
    }
    const before = tf.liveTensors()
    expect(await run(true)).toEqual(await run(false))
    expect(tf.liveTensors()).toBe(before)
  })
})

test('a run that is stopped in the middle of an epoch leaves no sums behind', async () => {
  const before = tf.liveTensors()
  const abort = new AbortController()
  const callbacks = [{ onSteps: () => abort.abort() }]
  await expect(train(tf, { ...optionsOf(null), recordLayers: true, signal: abort.signal, callbacks })).rejects.toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  )
  expect(tf.liveTensors()).toBe(before)
})
