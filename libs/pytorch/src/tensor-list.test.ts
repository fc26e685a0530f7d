import { describe, expect, test } from 'vitest'
import { safetensorsFile } from '@trainyard/testing/experiments/safetensors-file'
import { readTensorList } from './tensor-list.ts'

const listOf = (bytes: Uint8Array) =>
  readTensorList({ bytes: bytes.length, read: async ({ first, bytes: count }) => bytes.subarray(first, first + count) })

const matrix = { name: 'a', shape: [2, 3] }
const count = { name: 'n', shape: [], dtype: 'I64' }
const honest = safetensorsFile([matrix, count])
/** The same arrays under a header that says other things of one of them. */
const lying = (said: object): Buffer =>
  safetensorsFile([matrix, count], (entries) => ({ ...entries, a: { ...Object(entries['a']), ...said } }))

test('readTensorList() — every array, where its values lie; metadata is none', async () => {
  const file = safetensorsFile([matrix, count, { name: 'h', shape: [4], dtype: 'BF16' }], (entries) => ({
    ...entries,
    __metadata__: { format: 'pt' },
  }))
  const start = file.length - 40
  expect(await listOf(file)).toEqual([
    { name: 'a', dtype: 'F32', shape: [2, 3], first: start, bytes: 24 },
    { name: 'n', dtype: 'I64', shape: [], first: start + 24, bytes: 8 },
    { name: 'h', dtype: 'BF16', shape: [4], first: start + 32, bytes: 8 },
  ])
})

describe('readTensorList() — refuses', () => {
  const withLength = (length: bigint): Buffer => {
    const file = Buffer.from(honest)
    file.writeBigUInt64LE(length)
    return file
  }
  test.each<[string, Uint8Array, string]>([
    ['nothing', Buffer.alloc(0), 'has 0 bytes'],
    ['seven bytes', Buffer.alloc(7), 'has 7 bytes'],
    ['another kind of file', Buffer.from('PK\u0003\u0004 a zip, as torch.save writes it'), 'its header would have'],
    ['a header longer than the file', withLength(BigInt(honest.length)), 'its header would have'],
    ['a header longer than any', withLength(2n ** 64n - 1n), 'its header would have'],
    ['a header of two megabytes', Buffer.concat([withLength(2n ** 21n), Buffer.alloc(2 ** 21)]), 'at most 1048576 are read'],
    ['a header that is cut', withLength(10n), 'not a JSON object'],
    ['a header that is a list', safetensorsFile([], () => []), 'not a JSON object'],
    ['an entry that is no object', safetensorsFile([], () => ({ a: 1 })), 'says of "a" neither'],
    ['an entry with more', lying({ extra: 1 }), 'says of "a" neither'],
    ['sizes below zero', lying({ shape: [-2, -3] }), 'says of "a" neither'],
    ['sizes that are none', lying({ shape: [2.5, 3] }), 'says of "a" neither'],
    ['an unknown type', lying({ dtype: 'F8_E4M3' }), '"a" is of "F8_E4M3"'],
    ['fewer bytes than the shape has', lying({ shape: [3, 3] }), '24 bytes in place of 36'],
    ['more numbers than there are', lying({ shape: [2 ** 40, 2 ** 40] }), '24 bytes in place of'],
    ['offsets the wrong way round', lying({ data_offsets: [24, 0] }), '-24 bytes in place of 24'],
    ['offsets beyond the end', lying({ data_offsets: [1000, 1024] }), 'begin at byte'],
    ['values that overlap', lying({ data_offsets: [8, 32] }), 'begin at byte'],
    ['a hole between values', safetensorsFile([matrix, count], ({ n }) => ({ n })), 'begin at byte 24 of the data in place of 0'],
    ['a file that is cut off', honest.subarray(0, -1), 'it is cut off'],
    ['something behind the values', Buffer.concat([honest, Buffer.alloc(3)]), '3 bytes more'],
  ])('%s', async (_what, file, reason) => {
    await expect(listOf(file)).rejects.toMatchObject({ code: 'WEIGHTS_UNUSABLE', message: expect.stringContaining(reason) })
  })
})
