import { expect, test } from 'vitest'
import { smoothed } from './smoothed.ts'

test('it begins at the first value, and a constant stays what it is', () => {
  expect(smoothed([4.6, 4.6, 4.6], { weight: 0.9 }).every((value) => Math.abs(value - 4.6) < 1e-12)).toBe(true)
  expect(smoothed([7, 0], { weight: 0.99 })[0]).toBeCloseTo(7, 12)
})

test('each value counts as much as its weight says', () => {
  // (0.25 · 8 + 0.5 · 4 + 1 · 2) / 1.75
  expect(smoothed([8, 4, 2], { weight: 0.5 })[2]).toBeCloseTo(6 / 1.75, 12)
})

test('without weight the values themselves; what is no number stays, and moves nothing', () => {
  expect(smoothed([3, 1, 2], { weight: 0 })).toEqual([3, 1, 2])
  expect(smoothed([4, NaN, 2], { weight: 0.5 })).toEqual([4, NaN, 8 / 3])
})
