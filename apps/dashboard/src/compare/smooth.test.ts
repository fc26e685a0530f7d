import { expect, test } from 'vitest'
import { smooth } from './smooth.ts'

test('a level stays a level, and the first value is itself', () => {
  for (const y of smooth([3, 3, 3], 0.9)) expect(y).toBeCloseTo(3, 12)
  expect(smooth([5, 1], 0.5)[0]).toBe(5)
  expect(smooth([5, 1], 0.5)[1]).toBeCloseTo((0.25 * 5 + 0.5 * 1) / 0.75, 12)
})

test('a weight of 0 changes nothing; what is not there stays away and pulls at nothing', () => {
  expect(smooth([1, 2, 3], 0)).toEqual([1, 2, 3])
  expect(smooth([1, null, Number.NaN, 1], 0.5)).toEqual([1, null, Number.NaN, 1])
})
