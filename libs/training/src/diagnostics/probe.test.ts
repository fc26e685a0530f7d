import { loadEngine, type Tensor, wholeNumbers } from '@trainyard/tensorflow'
import { describe, expect, test } from 'vitest'
import { epochOrder } from '../data/batches.ts'
import { createNetwork } from '../network/network.ts'
import { probe, type ProbeOptions } from './probe.ts'
import { deviceImages } from '../data/device-images.ts'

const { tf } = loadEngine(process.env)
const inputs = 48
const classes = 7
const images = deviceImages(tf, {
  pixels: Uint8Array.from({ length: 30 * inputs }, (_, i) => (i * 31) % 251),
  labels: new Uint8Array(30),
  inputs,
})
const options: ProbeOptions = {
  depths: [3, 0, 1],
  norms: ['none', 'batch', 'layer', 'group'],
  normPosition: 'before',
  groupSize: 4,
  biases: [true, false],
  width: 16,
  inputs,
  classes,
  batchSize: 6,
  draws: 2,
  seed: 2 ** 32 - 1, // the second draw has seed 0
  images,
}
const normOf = (tensor: Tensor | undefined): number => Math.hypot(...(tensor ? tf.readFloats(tensor) : [NaN]))

describe.each(['before', 'after'] as const)('probe(), norm %s the ReLU', (normPosition) => {
  test('every cell is the network that an experiment of the draw’s seed begins with', async () => {
    const results = await probe(tf, { ...options, normPosition })
    expect(results.map(({ norm, bias, depth }) => `${norm} ${bias} ${depth}`).slice(0, 4)).toEqual([
      'none true 3',
      'none true 0',
      'none true 1',
      'batch true 3',
    ])
    const labels = tf.tensor(Int32Array.of(0, 1, 2, 3, 4, 5), { shape: [6], dtype: 'int32' })
    for (const { norm, bias, depth, outputNorms, layers } of results) {
      const shape = {
        ...{ inputs, classes, bias, layerSizes: Array.from({ length: depth }, () => 16) },
        norm: norm === 'none' ? null : { type: norm, position: normPosition, affine: false, groupSize: 4 },
      }
      const measured = [2 ** 32 - 1, 0].map((seed) => {
        const network = createNetwork(tf, shape, { seed })
        const { x } = images.batch(wholeNumbers(tf, epochOrder({ seed, epoch: 1, count: 30 }).slice(0, 6)))
        const { gradients, traces } = network.backward(x, labels)
        const weights = network.layers.map(({ weightIndex }) => normOf(gradients[weightIndex]))
        network.dispose()
        return { outputs: traces.map(({ output }) => normOf(output)), weights }
      })
      const closeTo = (actual: number, expected: number): void => expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-4)
      measured.forEach(({ outputs }, draw) => closeTo(outputNorms[draw] ?? NaN, outputs.at(-1) ?? NaN))
      expect(layers.map(({ kind }) => kind)).toEqual([...Array.from({ length: depth }, () => 'hidden'), 'output'])
      layers.forEach(({ outputNorm, gradientNorm }, i) => {
        const mean = (pick: (one: (typeof measured)[number]) => number | undefined): number =>
          measured.reduce((sum, one) => sum + (pick(one) ?? NaN) / measured.length, 0)
        closeTo(
          outputNorm,
          mean(({ outputs }) => outputs[i]),
        )
        closeTo(
          gradientNorm,
          mean(({ weights }) => weights[i]),
        )
      })
    }
  })
})

test('probe() — the same numbers again, whichever depths are asked for beside it', async () => {
  const whole = await probe(tf, options)
  const alone = await probe(tf, { ...options, depths: [1], norms: ['layer'], biases: [false] })
  expect(alone).toEqual(whole.filter(({ depth, norm, bias }) => depth === 1 && norm === 'layer' && !bias))
})

test('probe() — reports progress, leaks nothing, and stops on abort', async () => {
  const before = tf.liveTensors()
  const fractions: number[] = []
  await probe(tf, { ...options, onProgress: (fraction) => void fractions.push(fraction) })
  expect(fractions).toHaveLength(16)
  expect(fractions.toSorted((a, b) => a - b)).toEqual(fractions)
  expect(fractions.at(-1)).toBe(1)
  const abort = new AbortController()
  const stopped = probe(tf, { ...options, signal: abort.signal, onProgress: () => abort.abort() })
  await expect(stopped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
  expect(tf.liveTensors()).toBe(before)
})
