/** One array of a safetensors file; its values as pieces of little-endian bytes. */
export interface SafeTensor {
  name: string
  dtype: 'F32' | 'I64'
  shape: readonly number[]
  pieces(): Iterable<Uint8Array>
}

const ITEM_BYTES = { F32: 4, I64: 8 }

/**
 * A safetensors file in pieces: header's length (uint64), header as JSON padded with spaces to a multiple of 8, then the arrays.
 * https://huggingface.co/docs/safetensors/index#format
 */
export function* encodeSafetensors(tensors: readonly SafeTensor[], metadata: Record<string, string>): Generator<Uint8Array> {
  let offset = 0
  const entries = tensors.map(({ name, dtype, shape }) => {
    const bytes = shape.reduce((product, size) => product * size, ITEM_BYTES[dtype])
    const data_offsets = [offset, (offset += bytes)]
    return [name, { dtype, shape, data_offsets }]
  })
  const text = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }))
  const header = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ')
  header.writeBigUInt64LE(BigInt(header.length - 8))
  text.copy(header, 8)
  yield header
  for (const tensor of tensors) yield* tensor.pieces()
}
