import { expect, test } from 'vitest'
import { trainingStateOf, snapshotOf } from '@trainyard/testing/experiments/training-state'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import type { BestModel, ModelSnapshot } from '../layers/parameter.ts'

const parameters = [{ name: 'größe.weight', shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, NaN) }]
const buffers = [{ name: 'größe.running_mean', shape: [2], values: Float32Array.of(0.1, 0.2) }]
const state = {
  epoch: 7,
  parameters,
  momenta: [{ name: 'größe.weight', shape: [2, 3], values: Float32Array.of(-0, 1e-45, 3, 4, 5, 6) }],
  buffers,
}
const live = trainingStateOf(state)
const owner = { configHash: 'abc', imagesHash: 'images' }
const bytesOf = (best: BestModel<ModelSnapshot> | null = null) =>
  new Uint8Array(Buffer.concat([...encodeCheckpoint(live, { ...owner, best })]))
const bytes = bytesOf()
const decoded = { state, best: null }

test('encodeCheckpoint() — decodes to the same bits', () => {
  expect(decodeCheckpoint(bytes, owner)).toEqual(decoded)
})

test('the best model so far — of an earlier epoch with its own arrays, of the same epoch without', () => {
  const earlier = { epoch: 3, parameters: parameters.map((each) => ({ ...each, values: each.values.map((value) => -value) })), buffers }
  const score = { loss: 0.5, evalAccuracy: 0.25 }
  const withEarlier = bytesOf({ epoch: 3, ...score, model: snapshotOf(earlier) })
  expect(decodeCheckpoint(withEarlier, owner)).toEqual({ state, best: { epoch: 3, ...score, model: earlier } })
  const withSame = bytesOf({ epoch: 7, ...score, model: snapshotOf(state) })
  expect(decodeCheckpoint(withSame, owner).best).toEqual({ epoch: 7, ...score, model: { epoch: 7, parameters, buffers } })
  expect(withEarlier.length - withSame.length).toBeGreaterThanOrEqual(4 * 8)
})

test('decodeCheckpoint() — a Buffer, as a file is read: the same bits', () => {
  expect(decodeCheckpoint(Buffer.from(bytes), owner)).toEqual(decoded)
})

test('decodeCheckpoint() — bytes that begin anywhere in memory: the same bits', () => {
  for (const shift of [1, 2, 3, 4]) {
    const shifted = new Uint8Array(bytes.length + shift).subarray(shift)
    shifted.set(bytes)
    expect(decodeCheckpoint(shifted, owner)).toEqual(decoded)
  }
})

test.each([
  ['torn inside an array', bytes.slice(0, -1), 'it ends inside größe.running_mean'],
  ['torn inside the header', bytes.slice(0, 60), 'its header cannot be read'],
  ['empty', new Uint8Array(0), 'it is not a checkpoint'],
  ['foreign', Uint8Array.from(Buffer.from('PK\u0003\u0004 some other file entirely')), 'it is not a checkpoint'],
])('decodeCheckpoint() — %s: refused with its reason', (_, torn, reason) => {
  expect(() => decodeCheckpoint(torn, owner)).toThrow(reason)
})

test('arrays of doubles — decode to the same bits wherever they begin', () => {
  const doubles = { name: 'model.1.weight.coefficients', shape: [1, 3], values: Float64Array.of(Math.PI, 5e-324, NaN) }
  const odd = { name: 'bias', shape: [1], values: Float32Array.of(1) }
  const mixed = { epoch: 1, parameters: [odd, doubles], momenta: [odd, doubles], buffers: [] }
  const whole = Buffer.concat([...encodeCheckpoint(trainingStateOf(mixed), { ...owner, best: null })])
  expect(decodeCheckpoint(whole, owner).state).toEqual(mixed)
  expect(decodeCheckpoint(Uint8Array.from(whole), owner).state).toEqual(mixed)
})

test('decodeCheckpoint() — of other train images: refused', () => {
  expect(() => decodeCheckpoint(bytes, { ...owner, imagesHash: 'other' })).toThrow('other train images')
})

test('decodeCheckpoint() — of another config: refused', () => {
  expect(() => decodeCheckpoint(bytes, { ...owner, configHash: 'other' })).toThrow('another config')
})

test('decodeCheckpoint() — of another format: refused', () => {
  const newer = Buffer.from(Buffer.from(bytes).toString('latin1').replace('"version":1', '"version":2'), 'latin1')
  expect(() => decodeCheckpoint(newer, owner)).toThrow('it has format 2, this program reads format 1')
})
