import { loadEngine, loadTfjs, type Tensor } from '@trainyard/tensorflow'
import { randomStream } from '@trainyard/random'
import { describe, expect, test } from 'vitest'
import { crossEntropy } from './cross-entropy.ts'
import { linearBackward, linearForward } from './linear.ts'
import { reluBackward, reluForward } from './relu.ts'

const { tf } = loadEngine(process.env)
const tfjs = loadTfjs()
const random = randomStream(1, 'order')
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => 2 * random.uniform() - 1)
const tensor = (values: Float32Array, shape: number[]): Tensor => tf.tensor(values, { shape, dtype: 'float32' })

function expectClose(actual: Float32Array, expected: ArrayLike<number>, bound = 1e-5): void {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((value, i) => expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThanOrEqual(bound))
}

describe('against automatic differentiation', () => {
  test('linear — gradients of weight, bias and input', () => {
    const [x, w, b, dy] = [numbers(5 * 4), numbers(4 * 3), numbers(3), numbers(5 * 3)]
    const forward = (input: ReturnType<typeof tfjs.tensor>, weight: typeof input, bias: typeof input) => input.matMul(weight).add(bias)
    const [dx, dw, db] = tfjs.grads(forward)(
      [tfjs.tensor2d(x, [5, 4]), tfjs.tensor2d(w, [4, 3]), tfjs.tensor1d(b)],
      tfjs.tensor2d(dy, [5, 3]),
    )
    const parameters = { weight: tensor(w, [4, 3]), bias: tensor(b, [3]) }
    const y = linearForward(tf, tensor(x, [5, 4]), parameters)
    expectClose(tf.readFloats(y), forward(tfjs.tensor2d(x, [5, 4]), tfjs.tensor2d(w, [4, 3]), tfjs.tensor1d(b)).dataSync())
    const ours = linearBackward(tf, tensor(dy, [5, 3]), { ...parameters, x: tensor(x, [5, 4]), needsInput: true })
    expectClose(tf.readFloats(ours.weight), dw?.dataSync() ?? [])
    expectClose(ours.bias ? tf.readFloats(ours.bias) : new Float32Array(), db?.dataSync() ?? [])
    expectClose(ours.input ? tf.readFloats(ours.input) : new Float32Array(), dx?.dataSync() ?? [])
  })

  test('relu — gradient of the input, zero at zero', () => {
    const [x, dy] = [numbers(12), numbers(12)]
    x[3] = 0
    const expected = tfjs
      .grad((input) => input.relu())(tfjs.tensor1d(x), tfjs.tensor1d(dy))
      .dataSync()
    const output = reluForward(tf, tensor(x, [12]))
    const ours = tf.readFloats(reluBackward(tf, tensor(dy, [12]), { output }))
    expectClose(ours, expected)
    expect(ours[3]).toBe(0)
  })

  test('cross-entropy — gradient of the mean loss by the logits', () => {
    const [n, classes] = [6, 9]
    const logits = numbers(n * classes)
    const labels = Int32Array.from({ length: n }, () => random.below(classes))
    const mean = (input: ReturnType<typeof tfjs.tensor>) =>
      tfjs.losses.softmaxCrossEntropy(tfjs.oneHot(tfjs.tensor1d(labels, 'int32'), classes), input)
    const expected = tfjs
      .grad((input) => mean(input))(tfjs.tensor2d(logits, [n, classes]))
      .dataSync()
    const ours = crossEntropy(tf, tensor(logits, [n, classes]), tf.tensor(labels, { shape: [n], dtype: 'int32' }))
    expectClose(tf.readFloats(ours.gradient), expected, 1e-6)
  })
})
