import { loadEngine, loadTfjs, type Tensor } from '@trainyard/tensorflow'
import { randomStream } from '@trainyard/random'
import { describe, expect, test } from 'vitest'
import { batchNormEvaluate, updatedAverages } from './batch-norm.ts'
import type { Affine } from './affine.ts'
import { normBackward, normForward, type NormGradients, type NormPass } from './normalise.ts'

const { tf } = loadEngine(process.env)
const tfjs = loadTfjs()
type Tfjs = ReturnType<typeof tfjs.tensor>
const random = randomStream(2, 'order')
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => 2 * random.uniform() - 1)
const tensor = (values: Float32Array, shape: readonly number[]): Tensor => tf.tensor(values, { shape, dtype: 'float32' })

function expectClose(actual: Tensor | undefined, expected: Tfjs | undefined): void {
  const [values, wanted] = [actual ? tf.readFloats(actual) : new Float32Array(), expected?.dataSync() ?? []]
  expect(values).toHaveLength(wanted.length)
  values.forEach((value, i) => expect(Math.abs(value - (wanted[i] ?? NaN))).toBeLessThanOrEqual(1e-5))
}

const GROUP_SIZE = 2
interface Norm {
  forward(x: Tensor, affine: Affine | null): NormPass
  backward(gradient: Tensor, pass: NormPass & { affine: Affine | null }): NormGradients
  /** The same by tfjs's own ops: a view of x, and the axes over which its numbers are normalised. */
  view(shape: readonly number[]): { shape: number[]; axes: number[] }
  /** Of scale and shift. */
  affineSize(shape: readonly number[]): number
  statistics(shape: readonly number[]): number[]
}

const channels = (shape: readonly number[]): number => shape.at(-1) ?? 0
const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)
const norms: Record<string, Norm> = {
  batch: {
    forward: (x, affine) => normForward(tf, x, { type: 'batch', groupSize: 1, affine }),
    backward: (gradient, pass) => normBackward(tf, gradient, pass),
    view: (shape) => ({ shape: [count(shape) / channels(shape), channels(shape)], axes: [0] }),
    affineSize: channels,
    statistics: (shape) => [channels(shape)],
  },
  layer: {
    forward: (x, affine) => normForward(tf, x, { type: 'layer', groupSize: 1, affine }),
    backward: (gradient, pass) => normBackward(tf, gradient, pass),
    view: (shape) => ({ shape: [shape[0] ?? 0, count(shape) / (shape[0] ?? 1)], axes: [1] }),
    affineSize: (shape) => count(shape) / (shape[0] ?? 1),
    statistics: (shape) => [shape[0] ?? 0],
  },
  group: {
    forward: (x, affine) => normForward(tf, x, { type: 'group', groupSize: GROUP_SIZE, affine }),
    backward: (gradient, pass) => normBackward(tf, gradient, pass),
    view: (shape) => {
      const groups = channels(shape) / GROUP_SIZE
      return { shape: [shape[0] ?? 0, count(shape) / (shape[0] ?? 1) / channels(shape), groups, GROUP_SIZE], axes: [1, 3] }
    },
    affineSize: channels,
    statistics: (shape) => [shape[0] ?? 0, channels(shape) / GROUP_SIZE],
  },
}
const shapes = { 'units (n, c)': [5, 6], 'images (n, h, w, c)': [4, 3, 2, 6] }

describe.each(Object.entries(norms))('%s norm', (_, norm) => {
  describe.each(Object.entries(shapes))('of %s', (_name, shape) => {
    const [x, dy] = [numbers(count(shape)), numbers(count(shape))]
    const size = norm.affineSize(shape)
    const [scale, shift] = [numbers(size), numbers(size)]
    const view = norm.view(shape)
    const standardised = (input: Tfjs): Tfjs => {
      const { mean, variance } = tfjs.moments(input.reshape(view.shape), view.axes, true)
      return input.reshape(view.shape).sub(mean).div(variance.add(1e-5).sqrt())
    }

    test('with scale and shift — output and all gradients are those of automatic differentiation', () => {
      const reference = (input: Tfjs, gamma: Tfjs, beta: Tfjs): Tfjs =>
        standardised(input).reshape([-1, size]).mul(gamma).add(beta).reshape(shape)
      const inputs = [tfjs.tensor(x, shape), tfjs.tensor1d(scale), tfjs.tensor1d(shift)]
      const [dx, dScale, dShift] = tfjs.grads(reference)(inputs, tfjs.tensor(dy, shape))
      const affine = { scale: tensor(scale, [size]), shift: tensor(shift, [size]) }
      const pass = norm.forward(tensor(x, shape), affine)
      const gradients = norm.backward(tensor(dy, shape), { ...pass, affine })
      expectClose(pass.output, reference(tfjs.tensor(x, shape), tfjs.tensor1d(scale), tfjs.tensor1d(shift)))
      expectClose(gradients.input, dx)
      expectClose(gradients.affine?.scale, dScale)
      expectClose(gradients.affine?.shift, dShift)
      expect([pass.output.shape, gradients.input.shape]).toEqual([shape, shape])
    })

    test('without — the same, and no gradients of what is not there', () => {
      const reference = (input: Tfjs): Tfjs => standardised(input).reshape(shape)
      const dx = tfjs.grad(reference)(tfjs.tensor(x, shape), tfjs.tensor(dy, shape))
      const pass = norm.forward(tensor(x, shape), null)
      const gradients = norm.backward(tensor(dy, shape), { ...pass, affine: null })
      expectClose(pass.output, reference(tfjs.tensor(x, shape)))
      expectClose(gradients.input, dx)
      expect(gradients.affine).toBeNull()
    })

    test('statistics — one mean and one variance where the notebook says', () => {
      const { mean, variance } = norm.forward(tensor(x, shape), null).statistics()
      const moments = tfjs.moments(tfjs.tensor(x, view.shape), view.axes)
      expect([mean.shape, variance.shape]).toEqual([norm.statistics(shape), norm.statistics(shape)])
      expectClose(mean, moments.mean)
      expectClose(variance, moments.variance)
    })
  })
})

describe('batch norm’s running averages', () => {
  test('keep nine tenths, and take the unbiased variance', () => {
    const running = { mean: tensor(Float32Array.of(1, 2), [2]), variance: tensor(Float32Array.of(1, 1), [2]) }
    const { mean, variance } = normForward(tf, tensor(Float32Array.of(0, 10, 2, 30), [2, 2]), {
      type: 'batch',
      groupSize: 1,
      affine: null,
    }).statistics()
    const next = updatedAverages(tf, running, { mean, variance, count: 2 })
    // means 1 and 20, biased variances 1 and 100, unbiased 2 and 200
    expect([...tf.readFloats(next.mean)].map((value) => value.toFixed(5))).toEqual(['1.00000', '3.80000'])
    expect([...tf.readFloats(next.variance)].map((value) => value.toFixed(4))).toEqual(['1.1000', '20.9000'])
  })

  test('are what evaluation normalises by, whatever else is in the batch', () => {
    const running = { mean: tensor(Float32Array.of(1, 2), [2]), variance: tensor(Float32Array.of(4, 9), [2]) }
    const affine = { scale: tensor(Float32Array.of(2, 3), [2]), shift: tensor(Float32Array.of(10, 20), [2]) }
    const output = batchNormEvaluate(tf, tensor(Float32Array.of(3, 8, 100, -100), [2, 2]), { running, affine })
    const expected = [10 + (2 * 2) / Math.sqrt(4 + 1e-5), 20 + (3 * 6) / Math.sqrt(9 + 1e-5)]
    tf.readFloats(output)
      .slice(0, 2)
      .forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5))
  })
})
