import type { Tensor } from './binding.ts'
import type { Runtime } from './runtime.ts'

const FLOAT = { T: { type: 'float32' } } as const

/** a · b, either transposed where said: (n, k) · (k, m) → (n, m). */
export function matMul(tf: Runtime, [a, b]: [Tensor, Tensor], turned: { a?: boolean; b?: boolean } = {}): Tensor {
  return tf.run('MatMul', [a, b], { ...FLOAT, transpose_a: { bool: turned.a ?? false }, transpose_b: { bool: turned.b ?? false } })
}

/** (n, m) → (m, n) */
export function transpose(tf: Runtime, x: Tensor): Tensor {
  return tf.scope(() => {
    const order = tf.tensor(Int32Array.of(1, 0), { shape: [2], dtype: 'int32' })
    return tf.run('Transpose', [x, order], { ...FLOAT, Tperm: { type: 'int32' } })
  })
}

/** x + bias on every row: (n, units) + (units). */
export function addBias(tf: Runtime, [x, bias]: [Tensor, Tensor]): Tensor {
  return tf.run('BiasAdd', [x, bias], FLOAT)
}

/** Sum over rows, the gradient of a bias: (n, units) → (units). */
export function sumRows(tf: Runtime, gradient: Tensor): Tensor {
  return tf.run('BiasAddGrad', [gradient], FLOAT)
}

export function relu(tf: Runtime, x: Tensor): Tensor {
  return tf.run('Relu', [x], FLOAT)
}

/** The gradient where the ReLU's output is above zero, else zero. */
export function reluGradient(tf: Runtime, [gradient, output]: [Tensor, Tensor]): Tensor {
  return tf.run('ReluGrad', [gradient, output], FLOAT)
}

/** −log softmax(logits)[label] per row, (n), and its gradient by the logits, (n, classes). */
export function softmaxCrossEntropy(tf: Runtime, [logits, labels]: [Tensor, Tensor]): { losses: Tensor; gradient: Tensor } {
  const attributes = { ...FLOAT, Tlabels: { type: 'int32' } } as const
  const [losses, gradient] = tf.runMany('SparseSoftmaxCrossEntropyWithLogits', [logits, labels], { attributes, outputs: 2 })
  if (!losses || !gradient) throw new Error('TensorFlow gave no cross-entropy')
  return { losses, gradient }
}

/** Indices of each row's `k` largest values, largest first; of equal ones the lower index first: (n, classes) → (n, k). */
export function topK(tf: Runtime, x: Tensor, k: number): Tensor {
  return tf.scope(() => {
    const count = tf.tensor(Int32Array.of(k), { shape: [], dtype: 'int32' })
    const [, indices] = tf.runMany('TopKV2', [x, count], { attributes: { ...FLOAT, sorted: { bool: true } }, outputs: 2 })
    if (!indices) throw new Error('TensorFlow gave no indices')
    return indices
  })
}

/** x · factor, elementwise. */
export function scale(tf: Runtime, x: Tensor, factor: number): Tensor {
  return tf.scope(() => tf.run('Mul', [x, tf.tensor(Float32Array.of(factor), { shape: [], dtype: 'float32' })], FLOAT))
}

/** Rows of a (count, width) tensor of bytes by index, as floats divided by 255: what torchvision's ToTensor does to pixels. */
export function gatherPixels(tf: Runtime, [bytes, indices]: [Tensor, Tensor]): Tensor {
  return tf.scope(() => {
    const axis = tf.tensor(Int32Array.of(0), { shape: [], dtype: 'int32' })
    const types = { Tparams: { type: 'uint8' }, Tindices: { type: 'int32' }, Taxis: { type: 'int32' } } as const
    const rows = tf.run('GatherV2', [bytes, indices, axis], { ...types, batch_dims: { int: 0 } })
    const floats = tf.run('Cast', [rows], { SrcT: { type: 'uint8' }, DstT: { type: 'float32' } })
    // dividing, not multiplying by 1/255: the two differ in the last bit
    return tf.run('Div', [floats, tf.tensor(Float32Array.of(255), { shape: [], dtype: 'float32' })], FLOAT)
  })
}

/** A float32 tensor filled with one value. */
export function filled(tf: Runtime, shape: readonly number[], value: number): Tensor {
  return tf.scope(() => {
    const dims = tf.tensor(Int32Array.from(shape), { shape: [shape.length], dtype: 'int32' })
    const scalar = tf.tensor(Float32Array.of(value), { shape: [], dtype: 'float32' })
    return tf.run('Fill', [dims, scalar], { ...FLOAT, index_type: { type: 'int32' } })
  })
}

/** Rows `first` … `first + count` − 1 of x, or elements where x has one dimension. */
export function sliceRows(tf: Runtime, x: Tensor, { first, count }: { first: number; count: number }): Tensor {
  return tf.scope(() => {
    const rest = x.shape.slice(1)
    const vector = (values: number[]): Tensor => tf.tensor(Int32Array.from(values), { shape: [values.length], dtype: 'int32' })
    return tf.run('Slice', [x, vector([first, ...rest.map(() => 0)]), vector([count, ...rest])], { ...FLOAT, Index: { type: 'int32' } })
  })
}
