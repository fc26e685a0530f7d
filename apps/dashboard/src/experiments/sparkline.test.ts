import { expect, test } from 'vitest'
import { sparklinePath } from './sparkline.tsx'

test('from edge to edge, the highest at the top', () => {
  expect(sparklinePath([4, 2, 3])).toBe('M2.0 2.0L48.0 22.0L94.0 12.0')
})

test('what is no number is a gap, and a lone point a dot', () => {
  expect(sparklinePath([4, NaN, 2, 3])).toBe('M2.0 2.0h0M63.3 22.0L94.0 12.0')
  expect(sparklinePath([Infinity])).toBe('')
})

test('all alike: a line in the middle', () => {
  expect(sparklinePath([1, 1])).toBe('M2.0 12.0L94.0 12.0')
})
