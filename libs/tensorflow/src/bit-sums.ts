import type { Tensor } from './binding.ts'
import { typeOf } from './ops.ts'
import type { Runtime } from './runtime.ts'

/**
 * The bits of each row's numbers, read as 32-bit integers and added up: of (rows, units) float32 a sum for each row, of float64 two, one for each half
 * of its numbers. The sums wrap, so that they are the same in whatever order the device adds. Takes 3 ms for 49,152 × 512 weights, where adding up
 * columns takes 17 and reading them back 60.
 */
export function rowBitSums(tf: Runtime, x: Tensor): Int32Array {
  return tf.scope(() => {
    const bits = tf.run('Bitcast', [x], { ...typeOf(x), type: { type: 'int32' } }) // (rows, units), or (rows, units, 2)
    const axis = tf.tensor(Int32Array.of(1), { shape: [1], dtype: 'int32' })
    return tf.readInts(tf.run('Sum', [bits, axis], { T: { type: 'int32' }, Tidx: { type: 'int32' }, keep_dims: { bool: false } }))
  })
}
