import { expect, test } from 'vitest'
import { loadEngine } from './engine.ts'
import { add, scale } from './ops/ops.ts'

const { tf } = loadEngine(process.env)
const numbers = (...values: number[]) => tf.tensor(Float32Array.from(values), { shape: [values.length], dtype: 'float32' })

test('scope() — keeps the tensors in what it returns, however deep, and disposes of all others', () => {
  const before = tf.liveTensors()
  const result = tf.scope(() => {
    const x = numbers(1, 2)
    const doubled = scale(tf, x, 2)
    return { sum: add(tf, [x, doubled]), parts: [{ doubled }, null], count: 2 }
  })
  expect(tf.liveTensors()).toBe(before + 2)
  expect([...tf.readFloats(result.sum)]).toEqual([3, 6])
  expect([...tf.readFloats(result.parts[0]?.doubled ?? result.sum)]).toEqual([2, 4])
  tf.dispose(result.sum, ...(result.parts[0] ? [result.parts[0].doubled] : []))
  expect(tf.liveTensors()).toBe(before)
})

test('scope() — inside another one, leaves what it returns to the outer one', () => {
  const before = tf.liveTensors()
  tf.scope(() => void tf.scope(() => ({ x: numbers(1) })))
  expect(tf.liveTensors()).toBe(before)
})
