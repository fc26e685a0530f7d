import { TENSOR_ITEM_BYTES } from './tensor-list.ts'

/** One array of a safetensors file; its values as pieces of little-endian bytes. */
export interface SafeTensor {
  name: string
  dtype: 'F32' | 'I64'
  shape: readonly number[]
  pieces(): Iterable<Uint8Array>
}

const SPACE = 0x20

/**
 * A safetensors file in pieces: header's length (uint64), header as JSON padded with spaces to a multiple of 8, then the arrays.
 * https://huggingface.co/docs/safetensors/index#format
 */
export function* encodeSafetensors(tensors: readonly SafeTensor[], metadata: Record<string, string>): Generator<Uint8Array> {
  let offset = 0
  const entries = tensors.map(({ name, dtype, shape }) => {
    const bytes = shape.reduce((product, size) => product * size, TENSOR_ITEM_BYTES[dtype])
    const data_offsets = [offset, (offset += bytes)]
    return [name, { dtype, shape, data_offsets }]
  })
  const text = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }))
  const header = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(SPACE)
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true)
  header.set(text, 8)
  yield header
  for (const tensor of tensors) yield* tensor.pieces()
}
