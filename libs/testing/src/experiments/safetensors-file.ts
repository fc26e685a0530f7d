interface TensorToWrite {
  name: string
  shape: readonly number[]
  /** F32 where it is not said. */
  dtype?: string
  /** Little-endian; zeros where they are not given. */
  values?: Uint8Array
}

const ITEM_BYTES: Record<string, number> = { F64: 8, I64: 8, F32: 4, F16: 2, BF16: 2 }

/** A safetensors file of these arrays; written here from the format's description, so that what reads it is held to that. `header` may lie. */
export function safetensorsFile(
  tensors: readonly TensorToWrite[],
  header: (honest: Record<string, unknown>) => unknown = (honest) => honest,
) {
  let offset = 0
  const entries: Record<string, unknown> = {}
  const pieces = tensors.map(({ name, shape, dtype = 'F32', values }) => {
    const piece = values ?? new Uint8Array(shape.reduce((product, size) => product * size, ITEM_BYTES[dtype] ?? 1))
    entries[name] = { dtype, shape, data_offsets: [offset, (offset += piece.length)] }
    return piece
  })
  const text = Buffer.from(JSON.stringify(header(entries)))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, ...pieces])
}
