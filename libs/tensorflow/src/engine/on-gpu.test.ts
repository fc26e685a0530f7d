import { describe, expect, test } from 'vitest'
import { fusedCrossEntropy, unfusedCrossEntropy } from '../ops/cross-entropy.ts'
import { rowBitSums, wideBitSums } from '../ops/bit-sums.ts'
import { wholeNumbers } from '../ops/constants.ts'
import { loadEngine } from '../engine.ts'
import { toDouble } from '../ops/ops.ts'
import { readMany } from '../ops/read-many.ts'
import { randomNormal } from '../ops/stateless-random.ts'

// What is written otherwise for a GPU runs on every device: here beside what a CPU takes.
const { tf } = loadEngine(process.env)
const start = { key: [7, 0], counter: [0, 0, 0, 0] } as const
const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? NaN))))

describe('the cross-entropy of a GPU', () => {
  test.each([
    ['float32', 2e-6],
    ['float64', 1e-14],
  ] as const)('%s — losses and gradients of TensorFlow’s own op', (type, bound) => {
    const before = tf.liveTensors()
    tf.scope(() => {
      const floats = randomNormal(tf, [40, 102], start)
      const logits = type === 'float64' ? toDouble(tf, floats) : floats
      const labels = wholeNumbers(
        tf,
        Array.from({ length: 40 }, (_, i) => (i * 31) % 102),
      )
      const expected = fusedCrossEntropy(tf, [logits, labels])
      const actual = unfusedCrossEntropy(tf, [logits, labels])
      expect(actual.losses.shape).toEqual([40])
      for (const name of ['losses', 'gradient'] as const)
        expect(distance(tf.readNumbers(actual[name]), tf.readNumbers(expected[name]))).toBeLessThan(bound)
    })
    expect(tf.liveTensors()).toBe(before)
  })

  test('the loss of equal logits is ln(classes), and of a label far from the likeliest class it is finite', () => {
    tf.scope(() => {
      const logits = tf.tensor(Float32Array.of(0, 0, 0, 1000, 0, -1000), { shape: [2, 3], dtype: 'float32' })
      const { losses } = unfusedCrossEntropy(tf, [logits, wholeNumbers(tf, [1, 2])])
      const [even = NaN, far = NaN] = tf.readFloats(losses)
      expect(even).toBeCloseTo(Math.log(3), 6)
      expect(far).toBeCloseTo(2000, 3)
    })
  })
})

test.each([
  ['float32', [20_000, 512]],
  ['float64', [300, 40]],
] as const)('the bit sums of a GPU — those of a CPU modulo 2³², %s', (type, shape) => {
  tf.scope(() => {
    const floats = randomNormal(tf, shape, start)
    const x = type === 'float64' ? toDouble(tf, floats) : floats
    const [wide = new Float64Array(), own = new Float64Array()] = readMany(tf, [wideBitSums(tf, x), rowBitSums(tf, x)])
    expect(Int32Array.from(wide)).toEqual(Int32Array.from(own))
    expect(wide.some((sum) => Math.abs(sum) > 2 ** 31)).toBe(true)
  })
})
