import { expect, test } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'

const state = {
  epoch: 7,
  parameters: [{ name: 'größe.weight', shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, NaN) }],
  momenta: [{ name: 'größe.weight', shape: [2, 3], values: Float32Array.of(-0, 1e-45, 3, 4, 5, 6) }],
}
const live = {
  epoch: state.epoch,
  entries: state.parameters,
  pieces: () => [...state.parameters, ...state.momenta].flatMap(({ values }) => [values.subarray(0, 4), values.subarray(4)]),
  read: () => state,
}
const bytes = new Uint8Array(Buffer.concat([...encodeCheckpoint(live, { configHash: 'abc' })]))

test('encodeCheckpoint() — decodes to the same bits', () => {
  expect(decodeCheckpoint(bytes, { configHash: 'abc' })).toEqual(state)
})

test('decodeCheckpoint() — a Buffer, as a file is read: the same bits', () => {
  expect(decodeCheckpoint(Buffer.from(bytes), { configHash: 'abc' })).toEqual(state)
})

test('decodeCheckpoint() — bytes that begin anywhere in memory: the same bits', () => {
  for (const shift of [1, 2, 3, 4]) {
    const shifted = new Uint8Array(bytes.length + shift).subarray(shift)
    shifted.set(bytes)
    expect(decodeCheckpoint(shifted, { configHash: 'abc' })).toEqual(state)
  }
})

test.each([
  ['torn inside an array', bytes.slice(0, -1), 'it ends inside größe.weight'],
  ['torn inside the header', bytes.slice(0, 60), 'its header cannot be read'],
  ['empty', new Uint8Array(0), 'it is not a checkpoint'],
  ['foreign', Uint8Array.from(Buffer.from('PK\u0003\u0004 some other file entirely')), 'it is not a checkpoint'],
])('decodeCheckpoint() — %s: refused with its reason', (_, torn, reason) => {
  expect(() => decodeCheckpoint(torn, { configHash: 'abc' })).toThrow(reason)
})

test('decodeCheckpoint() — of another config: refused', () => {
  expect(() => decodeCheckpoint(bytes, { configHash: 'other' })).toThrow('another config')
})
