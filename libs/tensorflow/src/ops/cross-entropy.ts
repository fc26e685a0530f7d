import type { Tensor } from '../engine/binding.ts'
import { int, ints, scalarLike } from './constants.ts'
import { multiply, subtract } from './ops.ts'
import type { Runtime } from '../runtime.ts'
import { nameOf, typeOf } from '../engine/types.ts'

interface CrossEntropy {
  /** (n): −log softmax(logits)[label] of each row. */
  losses: Tensor
  /** (n, classes): its gradient by the logits. */
  gradient: Tensor
}

/** From logits (n, classes) and labels (n), int32 or int64. */
export function softmaxCrossEntropy(tf: Runtime, operands: [Tensor, Tensor]): CrossEntropy {
  return tf.onGpu ? unfusedCrossEntropy(tf, operands) : fusedCrossEntropy(tf, operands)
}

export function fusedCrossEntropy(tf: Runtime, [logits, labels]: [Tensor, Tensor]): CrossEntropy {
  const attributes = { ...typeOf(logits), Tlabels: { type: nameOf(labels) } }
  const [losses, gradient] = tf.runMany('SparseSoftmaxCrossEntropyWithLogits', [logits, labels], { attributes, outputs: 2 })
  if (!losses || !gradient) throw new Error('TensorFlow gave no cross-entropy')
  return { losses, gradient }
}

/** For a GPU: there TensorFlow's own op knows no doubles, and refuses to run where runs must repeat bit for bit. */
export function unfusedCrossEntropy(tf: Runtime, [logits, labels]: [Tensor, Tensor]): CrossEntropy {
  return tf.scope(() => {
    const chosen = oneHot(tf, labels, { classes: logits.shape[1] ?? 0, like: logits }) // (n, classes)
    const logSoftmax = tf.run('LogSoftmax', [logits], typeOf(logits))
    const attributes = { ...typeOf(logits), Tidx: { type: 'int32' }, keep_dims: { bool: false } } as const
    const losses = tf.run('Neg', [tf.run('Sum', [multiply(tf, [logSoftmax, chosen]), ints(tf, [1])], attributes)], typeOf(logits))
    const gradient = subtract(tf, [tf.run('Softmax', [logits], typeOf(logits)), chosen])
    return { losses, gradient }
  })
}

function oneHot(tf: Runtime, labels: Tensor, { classes, like }: { classes: number; like: Tensor }): Tensor {
  const inputs = [labels, int(tf, classes), scalarLike(tf, like, 1), scalarLike(tf, like, 0)]
  return tf.run('OneHot', inputs, { ...typeOf(like), TI: { type: nameOf(labels) }, axis: { int: -1 } })
}
