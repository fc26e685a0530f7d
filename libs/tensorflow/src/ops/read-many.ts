import { DTYPE, type Tensor } from '../engine/binding.ts'
import { reshape, toDouble } from './ops.ts'
import { stackRows } from './rows.ts'
import type { Runtime } from '../runtime.ts'

/**
 * The numbers of several tensors, in their order: floats and doubles as they are, whole numbers as doubles. The device is waited for once for each type of
 * number and not once for each tensor.
 */
export function readMany(tf: Runtime, tensors: readonly Tensor[]): (Float32Array | Float64Array)[] {
  const found = new Map<Tensor, Float32Array | Float64Array>()
  for (const dtype of new Set(tensors.map((tensor) => tensor.dtype)))
    readOfType(
      tf,
      tensors.filter((tensor) => tensor.dtype === dtype),
      found,
    )
  return tensors.map((tensor) => found.get(tensor) ?? new Float64Array())
}

function readOfType(tf: Runtime, tensors: readonly Tensor[], found: Map<Tensor, Float32Array | Float64Array>): void {
  const values = tf.scope(() => {
    const [first, ...rest] = tensors.map((tensor) => reshape(tf, tensor, [-1]))
    if (!first) throw new Error('Nothing to read')
    const whole = stackRows(tf, [first, ...rest])
    return tf.readNumbers(whole.dtype === DTYPE.float32 ? whole : toDouble(tf, whole))
  })
  let from = 0
  for (const tensor of tensors) {
    const length = tensor.shape.reduce((product, size) => product * size, 1)
    found.set(tensor, values.subarray(from, from + length))
    from += length
  }
}
