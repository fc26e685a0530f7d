import { expect, test } from 'vitest'
import { agreement } from './agreement.ts'
import { likeliest } from './likeliest.ts'

const NAMES = ['rose', 'tulip', 'lily', 'iris', 'poppy', 'aster']

test('likeliest() — softmax of logits that would overflow, the likeliest first', () => {
  const classes = likeliest([1000, 1001, 0, 0, 0, 0], NAMES)
  expect(classes.map(({ name }) => name).slice(0, 2)).toEqual(['tulip', 'rose'])
  expect(classes).toHaveLength(5)
  expect(classes[0]?.probability).toBeCloseTo(Math.E / (1 + Math.E), 12)
})

test('agreement() — says what is so, and no more', () => {
  const service = likeliest([5, 4, 3, 2, 1, 0], NAMES)
  expect(agreement(service, service)).toBe(
    'Both give the same names. The probabilities of what both name differ by at most 0.0 percentage points.',
  )
  expect(agreement(service, likeliest([5, 4, 2, 3, 1, 0], NAMES))).toContain('not in the same order')
  expect(agreement(service, likeliest([5, 4, 3, 2, 0, 1], NAMES))).toContain('only one of them names poppy and aster')
  expect(agreement(service, likeliest([4, 5, 3, 2, 1, 0], NAMES))).toContain('the service says rose, this browser tulip')
})
