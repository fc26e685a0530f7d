import { expect, test } from 'vitest'
import { scalarLike, wholeNumbers } from './constants.ts'
import { loadEngine } from '../engine.ts'
import { readMany } from './read-many.ts'

const { tf } = loadEngine(process.env)
const float = { dtype: 1 }

test('readMany() — every tensor’s own numbers in the given order, whatever their types and shapes', () => {
  const before = tf.liveTensors()
  tf.scope(() => {
    const floats = tf.tensor(Float32Array.of(1, 2, 3, 4, 5, 6), { shape: [2, 3], dtype: 'float32' })
    const doubles = tf.doubles(Float64Array.of(Math.PI), [])
    const one = tf.tensor(Float32Array.of(0.1), { shape: [], dtype: 'float32' })
    const read = readMany(tf, [wholeNumbers(tf, [7, 8]), floats, doubles, one, floats])
    expect(read.map((values) => [...values])).toEqual([[7, 8], [1, 2, 3, 4, 5, 6], [Math.PI], [Math.fround(0.1)], [1, 2, 3, 4, 5, 6]])
    expect(read.map((values) => values.constructor)).toEqual([Float64Array, Float32Array, Float64Array, Float32Array, Float32Array])
  })
  expect(readMany(tf, [])).toEqual([])
  expect(tf.liveTensors()).toBe(before)
})

test('a constant — is made once, outlives scopes and disposals, and counts as no live tensor', () => {
  const before = tf.liveTensors()
  const first = tf.scope(() => scalarLike(tf, float, 0.25))
  tf.dispose(first)
  expect(scalarLike(tf, float, 0.25)).toBe(first)
  expect(scalarLike(tf, { dtype: 2 }, 0.25)).not.toBe(first)
  expect([...tf.readFloats(first)]).toEqual([0.25])
  for (let i = 0; i < 3000; i++) expect(tf.readFloats(scalarLike(tf, float, i))[0]).toBe(i)
  expect([...tf.readFloats(scalarLike(tf, float, 0.25))]).toEqual([0.25])
  expect(tf.liveTensors()).toBe(before)
})
