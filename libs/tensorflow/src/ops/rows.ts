import type { Tensor } from '../engine/binding.ts'
import { int, longs, scalarLike } from './constants.ts'
import { reshape } from './ops.ts'
import type { Runtime } from '../runtime.ts'
import { nameOf, typeOf } from '../engine/types.ts'
import type { Variable } from './variable.ts'

/**
 * Rows of a (count, width) array of bytes by index, as floats divided by 255: what torchvision's ToTensor does to pixels. The bytes are a variable's,
 * because on a GPU TensorFlow gathers bytes from those alone.
 */
export function gatherPixels(tf: Runtime, { bytes, indices }: { bytes: Variable; indices: Tensor }): Tensor {
  return tf.scope(() => {
    const types = { dtype: { type: 'uint8' }, Tindices: { type: nameOf(indices) } } as const
    const rows = tf.run('ResourceGather', [bytes.handle, indices], { ...types, batch_dims: { int: 0 }, validate_indices: { bool: true } })
    const floats = tf.run('Cast', [rows], { SrcT: { type: 'uint8' }, DstT: { type: 'float32' } })
    // dividing, not multiplying by 1/255: the two differ in the last bit
    return tf.run('Div', [floats, scalarLike(tf, floats, 255)], typeOf(floats))
  })
}

/** Columns `first` … `first + count` − 1 of a (rows, width) tensor of bytes, as floats from 0 to 255. */
export function pixelColumns(tf: Runtime, bytes: Tensor, { first, count }: { first: number; count: number }): Tensor {
  return tf.scope(() => {
    const signed = tf.run('Bitcast', [bytes], { ...typeOf(bytes), type: { type: 'int8' } }) // a GPU slices these, and no uint8
    const columns = slice(tf, signed, { begin: [0, first], size: [bytes.shape[0] ?? 0, count] })
    const unsigned = tf.run('Bitcast', [columns], { ...typeOf(columns), type: { type: 'uint8' } })
    return tf.run('Cast', [unsigned], { SrcT: { type: 'uint8' }, DstT: { type: 'float32' } })
  })
}

/** Rows of a (count, width) tensor, or elements of a (count) one, by index: (n) → (n, width) or (n). */
export function gatherRows(tf: Runtime, [x, indices]: [Tensor, Tensor]): Tensor {
  return gather(tf, [x, indices], 0)
}

/** Columns by index: (rows, width) and (n) → (rows, n). */
export function gatherColumns(tf: Runtime, [x, indices]: [Tensor, Tensor]): Tensor {
  return gather(tf, [x, indices], 1)
}

function gather(tf: Runtime, [x, indices]: [Tensor, Tensor], axis: number): Tensor {
  const types = { Tparams: { type: nameOf(x) }, Tindices: { type: nameOf(indices) }, Taxis: { type: 'int32' } } as const
  return tf.run('GatherV2', [x, indices, int(tf, axis)], { ...types, batch_dims: { int: 0 } })
}

/** A (count, width) tensor of zeros with rows put where their indices say: (n, width) and (n) int64, no index twice. */
export function scatterRows(tf: Runtime, [rows, indices]: [Tensor, Tensor], { count }: { count: number }): Tensor {
  return tf.scope(() => {
    const places = reshape(tf, indices, [-1, 1])
    const shape = longs(tf, [count, rows.shape[1] ?? 0])
    return tf.run('ScatterNd', [places, rows, shape], { ...typeOf(rows), Tindices: { type: nameOf(indices) } })
  })
}

/** Several (…, width) or (…) tensors, one below the other; of one itself. */
export function stackRows(tf: Runtime, parts: readonly [Tensor, ...Tensor[]]): Tensor {
  if (parts.length === 1) return parts[0]
  return tf.run('ConcatV2', [...parts, int(tf, 0)], { ...typeOf(parts[0]), N: { int: parts.length }, Tidx: { type: 'int32' } })
}

/** Rows `first` … `first + count` − 1 of x, or elements where x has one dimension. */
export function sliceRows(tf: Runtime, x: Tensor, { first, count }: { first: number; count: number }): Tensor {
  const rest = x.shape.slice(1)
  return slice(tf, x, { begin: [first, ...rest.map(() => 0)], size: [count, ...rest] })
}

function slice(tf: Runtime, x: Tensor, { begin, size }: { begin: number[]; size: number[] }): Tensor {
  return tf.scope(() => {
    const vector = (values: number[]): Tensor => tf.tensor(Int32Array.from(values), { shape: [values.length], dtype: 'int32' })
    return tf.run('Slice', [x, vector(begin), vector(size)], { ...typeOf(x), Index: { type: 'int32' } })
  })
}
