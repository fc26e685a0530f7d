import { expect, test } from 'vitest'
import { formatBytes, formatCount, formatLoss, formatSeconds, formatShare } from './format.ts'

test('formatLoss() — six decimals, and the words of JSON where it is no number', () => {
  expect([4.6249728, 0, 'NaN' as const, 'Infinity' as const, null].map(formatLoss)).toEqual([
    '4.624973',
    '0.000000',
    'NaN',
    'Infinity',
    '–',
  ])
})

test.each([
  [1.234, '1.23 s'],
  [59.6, '60 s'],
  [119.7, '2 min 0 s'],
  [6000, '1 h 40 min'],
])('formatSeconds() — %d is %s', (seconds, words) => {
  expect(formatSeconds(seconds)).toBe(words)
})

test('formatShare(), formatBytes(), formatCount() — have their units', () => {
  expect(formatShare(0.0196)).toBe('2.0 %')
  expect(formatBytes(1.5 * 2 ** 30)).toBe('1.50 GiB')
  expect(formatCount(25_719_398)).toBe('25,719,398')
})
