import { DTYPE, type Tensor } from '../engine/binding.ts'
import { int, ints, scalarLike } from './constants.ts'
import type { Runtime } from '../runtime.ts'
import { nameOf, typeOf } from '../engine/types.ts'

/** a · b, either of them transposed: (n, k) · (k, m) → (n, m). */
export function matMul(tf: Runtime, [a, b]: [Tensor, Tensor], transposed: { a?: boolean; b?: boolean } = {}): Tensor {
  return tf.run('MatMul', [a, b], {
    ...typeOf(a),
    transpose_a: { bool: transposed.a ?? false },
    transpose_b: { bool: transposed.b ?? false },
  })
}

/** (n, m) → (m, n) */
export function transpose(tf: Runtime, x: Tensor): Tensor {
  return tf.run('Transpose', [x, ints(tf, [1, 0])], { ...typeOf(x), Tperm: { type: 'int32' } })
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

/** Indices of each row's `k` largest values, largest first; of equal ones the lower index first: (n, classes) → (n, k) int32. */
export function topK(tf: Runtime, x: Tensor, k: number): Tensor {
  return tf.scope(() => {
    const [, indices] = tf.runMany('TopKV2', [x, int(tf, k)], { attributes: { ...typeOf(x), sorted: { bool: true } }, outputs: 2 })
    if (!indices) throw new Error('TensorFlow gave no indices')
    return indices
  })
}

/** The index of each row's largest value: (n, classes) → (n) int64. */
export function argMax(tf: Runtime, x: Tensor): Tensor {
  return tf.run('ArgMax', [x, int(tf, 1)], { ...typeOf(x), Tidx: { type: 'int32' }, output_type: { type: 'int64' } })
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
  return multiply(tf, [x, scalarLike(tf, x, factor)])
}

/** x + number, elementwise. */
export function addScalar(tf: Runtime, x: Tensor, number: number): Tensor {
  return add(tf, [x, scalarLike(tf, x, number)])
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
  return tf.run(op, [x, ints(tf, axes)], { ...typeOf(x), Tidx: { type: 'int32' }, keep_dims: { bool: true } })
}

/** The same numbers in another shape, one of whose sizes may be −1; x itself where it has that shape already. */
export function reshape(tf: Runtime, x: Tensor, shape: readonly number[]): Tensor {
  if (shape.length === x.shape.length && shape.every((size, i) => size === -1 || size === x.shape[i])) return x
  return tf.run('Reshape', [x, ints(tf, shape)], { ...typeOf(x), Tshape: { type: 'int32' } })
}

/** As float64; x itself where it is that already. */
export function toDouble(tf: Runtime, x: Tensor): Tensor {
  if (x.dtype === DTYPE.float64) return x
  return tf.run('Cast', [x], { SrcT: { type: nameOf(x) }, DstT: { type: 'float64' } })
}

/** As float32; x itself where it is that already. */
export function toFloat(tf: Runtime, x: Tensor): Tensor {
  if (x.dtype === DTYPE.float32) return x
  return tf.run('Cast', [x], { SrcT: { type: nameOf(x) }, DstT: { type: 'float32' } })
}

/** x in the type of `like`. */
export function castLike(tf: Runtime, x: Tensor, like: { dtype: number }): Tensor {
  return like.dtype === DTYPE.float64 ? toDouble(tf, x) : toFloat(tf, x)
}

/** Half the sum of squares, in one pass over x. */
export function halfSquaredNorm(tf: Runtime, x: Tensor): Tensor {
  return tf.run('L2Loss', [x], typeOf(x))
}

/** A float32 tensor filled with one value. */
export function filled(tf: Runtime, shape: readonly number[], value: number): Tensor {
  const initial = scalarLike(tf, { dtype: DTYPE.float32 }, value)
  return tf.run('Fill', [ints(tf, shape), initial], { ...typeOf(initial), index_type: { type: 'int32' } })
}
