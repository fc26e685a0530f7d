import type { DType, Tensor } from './binding.ts'
import { scalarLike, typeOf } from './ops.ts'
import type { Runtime } from './runtime.ts'

/** Rows of a (count, width) tensor of bytes by index, as floats divided by 255: what torchvision's ToTensor does to pixels. */
export function gatherPixels(tf: Runtime, [bytes, indices]: [Tensor, Tensor]): Tensor {
  return tf.scope(() => {
    const rows = gather(tf, [bytes, indices], { axis: 0, type: 'uint8' })
    const floats = tf.run('Cast', [rows], { SrcT: { type: 'uint8' }, DstT: { type: 'float32' } })
    // dividing, not multiplying by 1/255: the two differ in the last bit
    return tf.run('Div', [floats, scalarLike(tf, floats, 255)], typeOf(floats))
  })
}

/** Columns `first` … `first + count` − 1 of a (rows, width) tensor of bytes, as floats from 0 to 255. */
export function pixelColumns(tf: Runtime, bytes: Tensor, { first, count }: { first: number; count: number }): Tensor {
  return tf.scope(() => {
    const columns = slice(tf, bytes, { begin: [0, first], size: [bytes.shape[0] ?? 0, count], type: 'uint8' })
    return tf.run('Cast', [columns], { SrcT: { type: 'uint8' }, DstT: { type: 'float32' } })
  })
}

/** Rows of a (count, width) tensor by index: (n) → (n, width). */
export function gatherRows(tf: Runtime, [x, indices]: [Tensor, Tensor]): Tensor {
  return gather(tf, [x, indices], { axis: 0, type: typeOf(x).T.type })
}

/** Columns by index: (rows, width) and (n) → (rows, n). */
export function gatherColumns(tf: Runtime, [x, indices]: [Tensor, Tensor]): Tensor {
  return gather(tf, [x, indices], { axis: 1, type: typeOf(x).T.type })
}

function gather(tf: Runtime, [x, indices]: [Tensor, Tensor], { axis, type }: { axis: number; type: DType }): Tensor {
  return tf.scope(() => {
    const along = tf.tensor(Int32Array.of(axis), { shape: [], dtype: 'int32' })
    const types = { Tparams: { type }, Tindices: { type: 'int32' }, Taxis: { type: 'int32' } } as const
    return tf.run('GatherV2', [x, indices, along], { ...types, batch_dims: { int: 0 } })
  })
}

/** A (count, width) tensor of zeros with rows put where their indices say: (n, width) and (n), no index twice. */
export function scatterRows(tf: Runtime, [rows, indices]: [Tensor, Tensor], { count }: { count: number }): Tensor {
  return tf.scope(() => {
    const places = tf.run('Reshape', [indices, tf.tensor(Int32Array.of(-1, 1), { shape: [2], dtype: 'int32' })], {
      T: { type: 'int32' },
      Tshape: { type: 'int32' },
    })
    const shape = tf.tensor(Int32Array.of(count, rows.shape[1] ?? 0), { shape: [2], dtype: 'int32' })
    return tf.run('ScatterNd', [places, rows, shape], { ...typeOf(rows), Tindices: { type: 'int32' } })
  })
}

/** Several (…, width) tensors, one below the other. */
export function stackRows(tf: Runtime, parts: readonly [Tensor, ...Tensor[]]): Tensor {
  return tf.scope(() => {
    const axis = tf.tensor(Int32Array.of(0), { shape: [], dtype: 'int32' })
    return tf.run('ConcatV2', [...parts, axis], { ...typeOf(parts[0]), N: { int: parts.length }, Tidx: { type: 'int32' } })
  })
}

/** Rows `first` … `first + count` − 1 of x, or elements where x has one dimension. */
export function sliceRows(tf: Runtime, x: Tensor, { first, count }: { first: number; count: number }): Tensor {
  const rest = x.shape.slice(1)
  return slice(tf, x, { begin: [first, ...rest.map(() => 0)], size: [count, ...rest], type: typeOf(x).T.type })
}

function slice(tf: Runtime, x: Tensor, { begin, size, type }: { begin: number[]; size: number[]; type: DType }): Tensor {
  return tf.scope(() => {
    const vector = (values: number[]): Tensor => tf.tensor(Int32Array.from(values), { shape: [values.length], dtype: 'int32' })
    return tf.run('Slice', [x, vector(begin), vector(size)], { T: { type }, Index: { type: 'int32' } })
  })
}
