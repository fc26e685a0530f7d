import { loadEngine, randomWords } from '@trainyard/tensorflow'
import { philox4x32, STREAMS } from '@trainyard/random'
import { expect, test } from 'vitest'
import { initialParameter } from './initial-parameters.ts'

const { tf } = loadEngine(process.env)

test('the device’s Philox — gives the published words', () => {
  const words = tf.readInts(
    randomWords(tf, [4], { key: [0xa409_3822, 0x299f_31d0], counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344] }),
  )
  expect([...words].map((word) => word >>> 0)).toEqual([0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
})

test('initialParameter() — U(±1/√inputs), number for number what our own Philox gives', () => {
  const [inputs, units, seed, part] = [50, 21, 0xffff_fff7, 6]
  const values = tf.readFloats(initialParameter(tf, [inputs, units], { inputs, seed, part }))
  const bound = 1 / Math.sqrt(inputs)
  values.forEach((value, i) => {
    const word = philox4x32([i >> 2, 0, part, 0], [seed, STREAMS.weights])[i & 3] ?? 0
    const uniform = (word & 0x7f_ffff) / 2 ** 23
    expect(value).toBe(Math.fround(Math.fround(uniform * Math.fround(2 * bound)) - Math.fround(bound)))
  })
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  expect(Math.abs(mean)).toBeLessThan((4 * bound) / Math.sqrt(3 * values.length)) // four standard errors
})
