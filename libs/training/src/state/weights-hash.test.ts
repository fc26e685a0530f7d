import { createVariable, loadEngine, type Variable } from '@trainyard/tensorflow'
import { describe, expect, test } from 'vitest'
import type { NumberArray } from '../layers/parameter.ts'
import { hashWeights } from './weights-hash.ts'

const { tf } = loadEngine(process.env)

function variableOf(values: NumberArray, shape: number[]): Variable {
  const initial = values instanceof Float64Array ? tf.doubles(values, shape) : tf.tensor(values, { shape, dtype: 'float32' })
  const variable = createVariable(tf, initial)
  tf.dispose(initial)
  return variable
}

function hashOf(values: NumberArray, shape: number[]): string {
  const before = tf.liveTensors()
  const value = variableOf(values, shape)
  const { layerHashes } = hashWeights(tf, [[{ name: 'weight', value }]])
  value.dispose()
  expect(tf.liveTensors()).toBe(before)
  return layerHashes[0] ?? ''
}

/** Numbers of all signs and sizes. */
function numbers(count: number, Numbers: typeof Float32Array | typeof Float64Array): NumberArray {
  const drawn = Array.from({ length: count }, (_, i) => Math.sin(i + 1) * 10 ** ((i % 13) - 6))
  return new Numbers(drawn)
}

function withBitFlipped(values: NumberArray, bit: number): NumberArray {
  const changed = values.slice()
  const bytes = new Uint8Array(changed.buffer)
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}

// read back; added up by row; with an odd number of units
describe.each([
  { shape: [7], Numbers: Float32Array },
  { shape: [40, 30], Numbers: Float64Array },
  { shape: [300, 64], Numbers: Float32Array },
  { shape: [301, 63], Numbers: Float32Array },
  { shape: [301, 63], Numbers: Float64Array },
])('hashWeights() — $shape', ({ shape, Numbers }) => {
  const count = shape.reduce((product, size) => product * size, 1)
  const values = numbers(count, Numbers)
  const hash = hashOf(values, shape)

  test('the same weights — the same hash, 16 hexadecimal digits', () => {
    expect(hash).toMatch(/^[0-9a-f]{16}$/)
    expect(hashOf(values.slice(), shape)).toBe(hash)
  })

  test('a bit that flipped anywhere — another hash', () => {
    const bits = 8 * values.byteLength
    const places = [0, 31, 32, 63, bits - 1, ...Array.from({ length: 20 }, (_, i) => Math.floor((bits * (i + 0.37)) / 20))]
    for (const bit of places.filter((place) => place < bits)) expect(hashOf(withBitFlipped(values, bit), shape)).not.toBe(hash)
  })

  test('numbers or rows exchanged — another hash', () => {
    const [first = 0, last = 0] = [values[0], values.at(-1)]
    expect(hashOf(values.with(0, last).with(count - 1, first), shape)).not.toBe(hash)
    const units = shape[1] ?? 1
    const rows = values.slice()
    rows.set(values.subarray(0, units), units)
    rows.set(values.subarray(units, 2 * units), 0)
    expect(hashOf(rows, shape)).not.toBe(hash)
  })

  test('another shape of the same numbers — another hash', () => {
    expect(hashOf(values, shape.toReversed().concat(shape.length < 2 ? [1] : []))).not.toBe(hash)
  })
})

test('layers are hashed apart, and the whole over all of them', () => {
  const [a, b, c] = [1, 2, 3].map((value) => ({ name: 'weight', value: variableOf(Float32Array.of(value), [1]) }))
  if (!a || !b || !c) throw new Error('there are three')
  const one = hashWeights(tf, [[a], [b]])
  const other = hashWeights(tf, [[a], [c]])
  expect(other.layerHashes[0]).toBe(one.layerHashes[0])
  expect(other.layerHashes[1]).not.toBe(one.layerHashes[1])
  expect(other.weightsHash).not.toBe(one.weightsHash)
  expect(hashWeights(tf, [[b], [a]]).weightsHash).not.toBe(one.weightsHash)
})
