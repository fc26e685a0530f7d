import type { Tensor } from '../engine/binding.ts'
import type { Runtime } from '../runtime.ts'
import { nameOf } from '../engine/types.ts'

let created = 0

/** An array that stays on the device and is updated in place, of float32 or float64; of bytes where it is only read. */
export interface Variable {
  readonly shape: readonly number[]
  /** One of DTYPE's numbers. */
  readonly dtype: number
  /** The values now. Dispose of it before the next update, or the update copies the variable. */
  read(): Tensor
  assign(value: Tensor): void
  /** Stochastic gradient descent with momentum, PyTorch's: velocity ← momentum · velocity + gradient; this ← this − lr · velocity. All of one type. */
  applyMomentum(update: { velocity: Variable; gradient: Tensor; lr: Tensor; momentum: Tensor }): void
  dispose(): void
  /** TensorFlow's handle, for ops on variables. */
  readonly handle: Tensor
}

export function createVariable(tf: Runtime, initial: Tensor): Variable {
  const { shape, dtype } = initial
  const type = { type: nameOf(initial) }
  // Without a name of its own TensorFlow would give two variables the same storage.
  const shared_name = { string: `trainyard-${(created += 1)}` }
  const handle = tf.run('VarHandleOp', [], { dtype: type, shape: { shape }, shared_name, container: { string: '' } })
  const assign = (value: Tensor): void => void tf.runMany('AssignVariableOp', [handle, value], { attributes: { dtype: type }, outputs: 0 })
  assign(initial)
  return {
    shape,
    dtype,
    handle,
    assign,
    read: () => tf.run('ReadVariableOp', [handle], { dtype: type }),
    applyMomentum: ({ velocity, gradient, lr, momentum }) => {
      const attributes = { T: type, use_locking: { bool: false }, use_nesterov: { bool: false } }
      // https://www.tensorflow.org/api_docs/python/tf/raw_ops/ResourceApplyMomentum
      tf.runMany('ResourceApplyMomentum', [handle, velocity.handle, lr, gradient, momentum], { attributes, outputs: 0 })
    },
    dispose: () => {
      tf.runMany('DestroyResourceOp', [handle], { attributes: { ignore_lookup_error: { bool: true } }, outputs: 0 })
      tf.dispose(handle)
    },
  }
}
