import { likeliest } from '@trainyard/inference'
import { expect, test } from 'vitest'
import { agreement } from './agreement.ts'

const NAMES = ['rose', 'tulip', 'lily', 'iris', 'poppy', 'aster']

test('agreement() — says what is so, and no more', () => {
  const service = likeliest([5, 4, 3, 2, 1, 0], NAMES)
  expect(agreement(service, service)).toBe(
    'Both give the same names. The probabilities of what both name differ by at most 0.0 percentage points.',
  )
  expect(agreement(service, likeliest([5, 4, 2, 3, 1, 0], NAMES))).toContain('not in the same order')
  expect(agreement(service, likeliest([5, 4, 3, 2, 0, 1], NAMES))).toContain('only one of them names poppy and aster')
  expect(agreement(service, likeliest([4, 5, 3, 2, 1, 0], NAMES))).toContain('the service says rose, this browser tulip')
})
