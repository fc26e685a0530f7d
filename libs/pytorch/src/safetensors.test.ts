import { expect, test } from 'vitest'
import { encodeSafetensors, type SafeTensor } from './safetensors.ts'

const floats: SafeTensor = {
  name: 'model.1.weight',
  dtype: 'F32',
  shape: [2, 3],
  // in pieces, as a large array comes
  *pieces() {
    yield new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer)
    yield new Uint8Array(Float32Array.of(5, 6).buffer)
  },
}
const count: SafeTensor = { name: 'steps', dtype: 'I64', shape: [], pieces: () => [new Uint8Array(BigInt64Array.of(7n).buffer)] }

test('encodeSafetensors() — length, header and arrays where the header says, all aligned', () => {
  const file = Buffer.concat([...encodeSafetensors([count, floats], { format: 'pt' })])
  const headerLength = Number(file.readBigUInt64LE(0))
  expect(headerLength % 8).toBe(0)
  expect(JSON.parse(file.subarray(8, 8 + headerLength).toString())).toEqual({
    __metadata__: { format: 'pt' },
    steps: { dtype: 'I64', shape: [], data_offsets: [0, 8] },
    'model.1.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [8, 32] },
  })
  const data = file.subarray(8 + headerLength)
  expect(data.readBigInt64LE(0)).toBe(7n)
  expect(Array.from({ length: 6 }, (_, i) => data.readFloatLE(8 + 4 * i))).toEqual([1, 2, 3, 4, 5, 6])
  expect(data).toHaveLength(32)
})
