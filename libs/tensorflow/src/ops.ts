import { DTYPE, type Tensor } from './binding.ts'
import type { Runtime } from './runtime.ts'

const FLOAT = { T: { type: 'float32' } } as const
const DOUBLE = { T: { type: 'float64' } } as const

/** For the ops that also take doubles: as their first operand is. */
export const typeOf = ({ dtype }: Tensor): typeof FLOAT | typeof DOUBLE => (dtype === DTYPE.float64 ? DOUBLE : FLOAT)

/** a · b, either transposed where said: (n, k) · (k, m) → (n, m). */
export function matMul(tf: Runtime, [a, b]: [Tensor, Tensor], turned: { a?: boolean; b?: boolean } = {}): Tensor {
  return tf.run('MatMul', [a, b], { ...typeOf(a), transpose_a: { bool: turned.a ?? false }, transpose_b: { bool: turned.b ?? false } })
}

/** (n, m) → (m, n) */
export function transpose(tf: Runtime, x: Tensor): Tensor {
  return tf.scope(() => {
    const order = tf.tensor(Int32Array.of(1, 0), { shape: [2], dtype: 'int32' })
    return tf.run('Transpose', [x, order], { ...typeOf(x), Tperm: { type: 'int32' } })
  })
}

/** x + bias on every row: (n, units) + (units). */
export function addBias(tf: Runtime, [x, bias]: [Tensor, Tensor]): Tensor {
  return tf.run('BiasAdd', [x, bias], typeOf(x))
}

/** Sum over rows, the gradient of a bias: (n, units) → (units). */
export function sumRows(tf: Runtime, gradient: Tensor): Tensor {
  return tf.run('BiasAddGrad', [gradient], typeOf(gradient))
}

export function relu(tf: Runtime, x: Tensor): Tensor {
  return tf.run('Relu', [x], typeOf(x))
}

/** The gradient where the ReLU's output is above zero, else zero. */
export function reluGradient(tf: Runtime, [gradient, output]: [Tensor, Tensor]): Tensor {
  return tf.run('ReluGrad', [gradient, output], typeOf(gradient))
}

/** −log softmax(logits)[label] per row, (n), and its gradient by the logits, (n, classes). */
export function softmaxCrossEntropy(tf: Runtime, [logits, labels]: [Tensor, Tensor]): { losses: Tensor; gradient: Tensor } {
  const attributes = { ...typeOf(logits), Tlabels: { type: 'int32' } } as const
  const [losses, gradient] = tf.runMany('SparseSoftmaxCrossEntropyWithLogits', [logits, labels], { attributes, outputs: 2 })
  if (!losses || !gradient) throw new Error('TensorFlow gave no cross-entropy')
  return { losses, gradient }
}

/** Indices of each row's `k` largest values, largest first; of equal ones the lower index first: (n, classes) → (n, k). */
export function topK(tf: Runtime, x: Tensor, k: number): Tensor {
  return tf.scope(() => {
    const count = tf.tensor(Int32Array.of(k), { shape: [], dtype: 'int32' })
    const [, indices] = tf.runMany('TopKV2', [x, count], { attributes: { ...typeOf(x), sorted: { bool: true } }, outputs: 2 })
    if (!indices) throw new Error('TensorFlow gave no indices')
    return indices
  })
}

/** a + b, broadcasting. */
export function add(tf: Runtime, [a, b]: [Tensor, Tensor]): Tensor {
  return tf.run('AddV2', [a, b], typeOf(a))
}

/** a − b, broadcasting. */
export function subtract(tf: Runtime, [a, b]: [Tensor, Tensor]): Tensor {
  return tf.run('Sub', [a, b], typeOf(a))
}

/** a · b elementwise, broadcasting. */
export function multiply(tf: Runtime, [a, b]: [Tensor, Tensor]): Tensor {
  return tf.run('Mul', [a, b], typeOf(a))
}

export function square(tf: Runtime, x: Tensor): Tensor {
  return tf.run('Square', [x], typeOf(x))
}

/** 1 / √x, elementwise. */
export function rsqrt(tf: Runtime, x: Tensor): Tensor {
  return tf.run('Rsqrt', [x], typeOf(x))
}

/** x · factor, elementwise. */
export function scale(tf: Runtime, x: Tensor, factor: number): Tensor {
  return tf.scope(() => multiply(tf, [x, scalarLike(tf, x, factor)]))
}

/** x + number, elementwise. */
export function addScalar(tf: Runtime, x: Tensor, number: number): Tensor {
  return tf.scope(() => add(tf, [x, scalarLike(tf, x, number)]))
}

/** Sum over axes, which stay as 1. */
export function sum(tf: Runtime, x: Tensor, axes: readonly number[]): Tensor {
  return reduce(tf, 'Sum', { x, axes })
}

/** Mean over axes, which stay as 1. */
export function mean(tf: Runtime, x: Tensor, axes: readonly number[]): Tensor {
  return reduce(tf, 'Mean', { x, axes })
}

function reduce(tf: Runtime, op: 'Sum' | 'Mean', { x, axes }: { x: Tensor; axes: readonly number[] }): Tensor {
  return tf.scope(() => {
    const over = tf.tensor(Int32Array.from(axes), { shape: [axes.length], dtype: 'int32' })
    return tf.run(op, [x, over], { ...typeOf(x), Tidx: { type: 'int32' }, keep_dims: { bool: true } })
  })
}

/** The same numbers in another shape, one of whose sizes may be −1; x itself where it has that shape already. */
export function reshape(tf: Runtime, x: Tensor, shape: readonly number[]): Tensor {
  if (shape.length === x.shape.length && shape.every((size, i) => size === -1 || size === x.shape[i])) return x
  return tf.scope(() => {
    const sizes = tf.tensor(Int32Array.from(shape), { shape: [shape.length], dtype: 'int32' })
    return tf.run('Reshape', [x, sizes], { ...typeOf(x), Tshape: { type: 'int32' } })
  })
}

/** As float64; x itself where it is that already. */
export function toDouble(tf: Runtime, x: Tensor): Tensor {
  if (x.dtype === DTYPE.float64) return x
  return tf.run('Cast', [x], { SrcT: { type: 'float32' }, DstT: { type: 'float64' } })
}

/** As float32; x itself where it is that already. */
export function toFloat(tf: Runtime, x: Tensor): Tensor {
  if (x.dtype === DTYPE.float32) return x
  return tf.run('Cast', [x], { SrcT: { type: 'float64' }, DstT: { type: 'float32' } })
}

/** x in the type of `like`. */
export function castLike(tf: Runtime, x: Tensor, like: { dtype: number }): Tensor {
  return like.dtype === DTYPE.float64 ? toDouble(tf, x) : toFloat(tf, x)
}

/** Half the sum of squares, in one pass over x. */
export function halfSquaredNorm(tf: Runtime, x: Tensor): Tensor {
  return tf.run('L2Loss', [x], typeOf(x))
}

function scalar(tf: Runtime, value: number): Tensor {
  return tf.tensor(Float32Array.of(value), { shape: [], dtype: 'float32' })
}

/** A scalar in x's type. */
export function scalarLike(tf: Runtime, x: { dtype: number }, value: number): Tensor {
  return x.dtype === DTYPE.float64 ? tf.doubles(Float64Array.of(value), []) : scalar(tf, value)
}

/** A float32 tensor filled with one value. */
export function filled(tf: Runtime, shape: readonly number[], value: number): Tensor {
  return tf.scope(() => {
    const dims = tf.tensor(Int32Array.from(shape), { shape: [shape.length], dtype: 'int32' })
    return tf.run('Fill', [dims, scalar(tf, value)], { ...FLOAT, index_type: { type: 'int32' } })
  })
}
