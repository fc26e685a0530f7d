import { expect, test } from 'vitest'
import { createCrashRow } from './crash-loop-breaker.ts'

/** Whether a worker refuses after these ends: a letter is an experiment whose trainer crashed, a dot one that ended otherwise. */
function refusesAfter(ends: string): boolean {
  const row = createCrashRow()
  for (const end of ends) row.ended(end, { crashed: end !== '.' })
  return row.unhealthyReason() !== null
}

test.each([
  ['abc', true],
  ['ab', false],
  ['aaaa', false],
  ['ab.c', false],
  ['abab', false],
  ['ababc', true],
  ['abc.', true],
])('crashes %s — refuses: %s', (ends, refuses) => {
  expect(refusesAfter(ends)).toBe(refuses)
})
