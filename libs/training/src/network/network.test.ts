import { loadEngine, type Tensor } from '@trainyard/tensorflow'
import { randomStream } from '@trainyard/random'
import { describe, expect, test } from 'vitest'
import { createNetwork } from './network.ts'
import type { NetworkShape } from './network-layers.ts'
import type { NormShape } from '../layers/norm.ts'

const { tf } = loadEngine(process.env)
const random = randomStream(3, 'order')
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => 2 * random.uniform() - 1)
const tensor = (values: Float32Array, shape: readonly number[]): Tensor => tf.tensor(values, { shape, dtype: 'float32' })

const positions = ['before', 'after'] as const
const types = ['batch', 'layer', 'group'] as const
const norms = types.flatMap((type) =>
  positions.flatMap((position) => [true, false].map((affine): NormShape => ({ type, position, affine, groupSize: 3 }))),
)
const named = [null, ...norms].map((norm) => ({
  norm,
  name: norm ? `${norm.type} ${norm.position} the ReLU ${norm.affine ? 'with' : 'without'} scale and shift` : 'no norm',
}))

function stateOf(shape: NetworkShape) {
  const network = createNetwork(tf, shape, { seed: 3 })
  const state = network.state(0).read()
  network.dispose()
  return state
}

describe.each(named)('$name', ({ norm }) => {
  const shape = { inputs: 7, layerSizes: [6, 9], classes: 4, bias: true, norm }
  const n = 6

  test('every parameter’s gradient is that of finite differences', () => {
    const state = stateOf(shape)
    const x = numbers(n * shape.inputs)
    const labels = Int32Array.of(0, 3, 1, 2, 3, 0)
    const batch = (): [Tensor, Tensor] => [tensor(x, [n, shape.inputs]), tf.tensor(labels, { shape: [n], dtype: 'int32' })]
    const lossOf = (): number => {
      const network = createNetwork(tf, shape, { state })
      const { losses } = network.backward(...batch())
      network.dispose()
      return tf.readFloats(losses).reduce((sum, loss) => sum + loss, 0) / n
    }
    const network = createNetwork(tf, shape, { state })
    const { gradients } = network.backward(...batch())
    const middle = lossOf()
    const kinks: number[] = []
    let smooth = 0
    state.parameters.forEach(({ values }, parameter) => {
      const gradient = gradients[parameter] ? tf.readFloats(gradients[parameter]) : new Float32Array()
      expect(gradient).toHaveLength(values.length)
      for (let i = 0; i < values.length; i += 3) {
        const [value, h] = [values[i] ?? 0, 2e-3]
        values[i] = value + h
        const above = (lossOf() - middle) / h
        values[i] = value - h
        const below = (middle - lossOf()) / h
        values[i] = value
        // a ReLU that turns between the points gives the two sides slopes of their own
        if (Math.abs(above - below) > 3e-3) kinks.push(i)
        else {
          expect(Math.abs((above + below) / 2 - (gradient[i] ?? NaN))).toBeLessThan(2e-3)
          smooth += 1
        }
      }
    })
    network.dispose()
    expect(smooth).toBeGreaterThan(2 * kinks.length)
  })

  test('every parameter has its place: the gradient’s shape, and the weight of each layer', () => {
    const network = createNetwork(tf, shape, { seed: 1 })
    const { parameters } = network.state(0)
    const { gradients, traces } = network.backward(
      tensor(numbers(n * 7), [n, 7]),
      tf.tensor(new Int32Array(n), { shape: [n], dtype: 'int32' }),
    )
    expect(gradients.map((gradient) => gradient.shape)).toEqual(parameters.map((parameter) => parameter.shape))
    expect(network.layers.map(({ kind, weightIndex }) => `${kind} ${parameters[weightIndex]?.shape.join('×')}`)).toEqual([
      'hidden 7×6',
      'hidden 6×9',
      'output 9×4',
    ])
    expect(traces.map(({ before, after, output }) => [before, after, output].map((each) => each.shape[1]))).toEqual([
      [6, 6, 6],
      [9, 9, 9],
      [4, 4, 4],
    ])
    network.dispose()
  })
})

test.each([
  { norm: null, names: ['model.1.weight', 'model.1.bias', 'model.3.weight', 'model.3.bias'], buffers: [] },
  {
    norm: { type: 'batch', position: 'before', affine: true, groupSize: 1 } as const,
    names: ['model.1.weight', 'model.1.bias', 'model.2.weight', 'model.2.bias', 'model.4.weight', 'model.4.bias'],
    buffers: ['model.2.running_mean', 'model.2.running_var'],
  },
  {
    norm: { type: 'layer', position: 'after', affine: true, groupSize: 1 } as const,
    names: ['model.1.weight', 'model.1.bias', 'model.3.weight', 'model.3.bias', 'model.4.weight', 'model.4.bias'],
    buffers: [],
  },
])('names count modules as PyTorch’s Sequential does: $norm.type $norm.position', ({ norm, names, buffers }) => {
  const network = createNetwork(tf, { inputs: 3, layerSizes: [4], classes: 2, bias: true, norm }, { seed: 1 })
  expect(network.parameterNames).toEqual(names)
  expect(network.state(0).buffers.map(({ name }) => name)).toEqual(buffers)
  network.dispose()
})

test('the notebook’s small Net, 1 → 10 → ReLU → 1, is the same builder’s', () => {
  const shape = { inputs: 1, layerSizes: [10], classes: 1, bias: true, norm: null }
  const network = createNetwork(tf, shape, { seed: 0 })
  const [w1, b1, w2, b2] = network
    .state(0)
    .read()
    .parameters.map(({ values }) => values)
  const x = 1
  const hidden = Array.from({ length: 10 }, (_, unit) => Math.max(0, x * (w1?.[unit] ?? NaN) + (b1?.[unit] ?? NaN)))
  const expected = hidden.reduce((sum, value, unit) => sum + value * (w2?.[unit] ?? NaN), b2?.[0] ?? NaN)
  const output = network.logits(tensor(Float32Array.of(x), [1, 1]))
  expect(output.shape).toEqual([1, 1])
  expect(tf.readFloats(output)[0]).toBeCloseTo(expected, 6)
  network.dispose()
})

test('evaluation — an image’s logits do not depend on the others of its batch, and change nothing', () => {
  const shape = {
    inputs: 5,
    layerSizes: [6],
    classes: 3,
    bias: true,
    norm: { type: 'batch', position: 'before', affine: true, groupSize: 1 },
  } as const
  const network = createNetwork(tf, shape, { seed: 2 })
  const x = numbers(4 * 5)
  const before = network.state(0).read()
  const together = tf.readFloats(network.logits(tensor(x, [4, 5])))
  const alone = tf.readFloats(network.logits(tensor(x.slice(0, 5), [1, 5])))
  alone.forEach((value, i) => expect(value).toBeCloseTo(together[i] ?? NaN, 6))
  expect(network.state(0).read()).toEqual(before)
  network.dispose()
})

test('a snapshot — stays as the network was, while training goes on', () => {
  const shape = {
    inputs: 5,
    layerSizes: [6],
    classes: 3,
    bias: true,
    norm: { type: 'batch', position: 'before', affine: true, groupSize: 1 },
  } as const
  const before = tf.liveTensors()
  const network = createNetwork(tf, shape, { seed: 2 })
  const { parameters, buffers } = network.state(4).read()
  const snapshot = network.state(4).snapshot()
  tf.scope(() => {
    const { gradients } = network.backward(
      tensor(numbers(20), [4, 5]),
      tf.tensor(Int32Array.of(0, 1, 2, 0), { shape: [4], dtype: 'int32' }),
    )
    network.step(gradients, { lr: 0.1, momentum: 0.9 })
  })
  expect(network.state(5).read().parameters).not.toEqual(parameters)
  expect(network.state(5).read().buffers).not.toEqual(buffers)
  expect(snapshot.read()).toEqual({ epoch: 4, parameters, buffers })
  expect(Float32Array.from([...snapshot.chunks()].flatMap((chunk) => [...chunk]))).toEqual(
    Float32Array.from([...parameters, ...buffers].flatMap(({ values }) => [...values])),
  )
  snapshot.dispose()
  network.dispose()
  expect(tf.liveTensors()).toBe(before)
})

test('a state that lacks the last of its arrays — refused, and what was made of the others is gone', () => {
  const shape: NetworkShape = { inputs: 7, layerSizes: [6, 9], classes: 4, bias: true, norm: null }
  const state = stateOf(shape)
  const before = tf.liveTensors()
  const torn = { ...state, momenta: state.momenta.slice(0, -1) }
  expect(() => createNetwork(tf, shape, { state: torn })).toThrow('model.5.bias')
  expect(tf.liveTensors()).toBe(before)
})
