import { DTYPE, type Tensor } from '../engine/binding.ts'
import type { Runtime } from '../runtime.ts'

/** A scalar in x's type. */
export function scalarLike(tf: Runtime, x: { dtype: number }, value: number): Tensor {
  const key = `scalar ${x.dtype} ${Object.is(value, -0) ? '-0' : value}`
  return tf.constant(key, () =>
    x.dtype === DTYPE.float64 ? tf.doubles(Float64Array.of(value), []) : tf.tensor(Float32Array.of(value), { shape: [], dtype: 'float32' }),
  )
}

/** Axes, sizes or an order, which ops take from the host's memory, wherever they run. */
export function ints(tf: Runtime, values: readonly number[]): Tensor {
  return tf.constant(`ints ${values.join()}`, () => tf.tensor(Int32Array.from(values), { shape: [values.length], dtype: 'int32' }))
}

/** One of them. */
export function int(tf: Runtime, value: number): Tensor {
  return tf.constant(`int ${value}`, () => tf.tensor(Int32Array.of(value), { shape: [], dtype: 'int32' }))
}

/** The same where an op wants int64. */
export function longs(tf: Runtime, values: readonly number[]): Tensor {
  return tf.constant(`longs ${values.join()}`, () => wholeNumbers(tf, values))
}

/** Indices or labels, (n) int64: unlike int32, which TensorFlow keeps in the host's memory, they lie on the device with what they choose from. */
export function wholeNumbers(tf: Runtime, values: ArrayLike<number>): Tensor {
  const pairs = new Int32Array(2 * values.length) // low word first; none is negative
  for (let i = 0; i < values.length; i++) pairs[2 * i] = values[i] ?? 0
  return tf.tensor(pairs, { shape: [values.length], dtype: 'int64' })
}
