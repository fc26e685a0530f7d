import { expect, test } from 'vitest'
import { progressBar } from './progress-bar.ts'
import { sparkline } from './sparkline.ts'

test('sparkline() — spans from the lowest to the highest value', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 60)).toBe('▁▂▃▄▅▆▇█')
})

test('sparkline() — shows the last values that fit', () => {
  expect(sparkline([100, 2, 1], 2)).toBe('█▁')
})

test('sparkline() — equal values are flat, what is no number is a gap', () => {
  expect(sparkline([3, 3], 60)).toBe('▁▁')
  expect(sparkline([1, Number.NaN, 2, Number.POSITIVE_INFINITY], 60)).toBe('▁ █ ')
  expect(sparkline([Number.NaN], 60)).toBe(' ')
  expect(sparkline([], 60)).toBe('')
})

test('progressBar() — is full only when all is done', () => {
  expect(progressBar(0, 4)).toBe('░░░░')
  expect(progressBar(0.5, 4)).toBe('██░░')
  expect(progressBar(0.999, 4)).toBe('███░')
  expect(progressBar(1, 4)).toBe('████')
  expect(progressBar(1.5, 4)).toBe('████')
})
