import type { DType, Tensor } from '../engine/binding.ts'
import { int, ints } from './constants.ts'
import type { Runtime } from '../runtime.ts'

/** TensorFlow's number for Philox4x32-10 among its stateless generators. */
const PHILOX = 1

export interface PhiloxStart {
  /** Two 32-bit words, low first. */
  key: readonly [number, number]
  /** Four 32-bit words, low first; counts up by one for every four numbers. */
  counter: readonly [number, number, number, number]
}

/** Uniform floats in [0, 1): each is (word & 0x7fffff) / 2²³ of a Philox word, whatever the device. */
export function randomUniform(tf: Runtime, shape: readonly number[], start: PhiloxStart): Tensor {
  return stateless(tf, { op: 'StatelessRandomUniformV2', dtype: 'float32', shape, start })
}

/** Normal floats of mean 0 and variance 1, by TensorFlow's Box–Muller transform. */
export function randomNormal(tf: Runtime, shape: readonly number[], start: PhiloxStart): Tensor {
  return stateless(tf, { op: 'StatelessRandomNormalV2', dtype: 'float32', shape, start })
}

/** The generator's words themselves, as int32. */
export function randomWords(tf: Runtime, shape: readonly number[], start: PhiloxStart): Tensor {
  return stateless(tf, { op: 'StatelessRandomUniformFullIntV2', dtype: 'int32', shape, start })
}

function stateless(tf: Runtime, options: { op: string; dtype: DType; shape: readonly number[]; start: PhiloxStart }): Tensor {
  const { op, dtype, shape, start } = options
  return tf.scope(() =>
    tf.run(op, [ints(tf, shape), uint64(tf, start.key), uint64(tf, start.counter), int(tf, PHILOX)], {
      dtype: { type: dtype },
      Tshape: { type: 'int32' },
    }),
  )
}

/** The binding makes no uint64, but int64 from pairs of words; a cast keeps the bits. */
function uint64(tf: Runtime, words: readonly number[]): Tensor {
  const signed = tf.tensor(
    Int32Array.from(words, (word) => word | 0),
    { shape: [words.length / 2], dtype: 'int64' },
  )
  return tf.run('Cast', [signed], { SrcT: { type: 'int64' }, DstT: { type: 'uint64' } })
}
