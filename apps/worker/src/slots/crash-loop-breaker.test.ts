import { expect, test } from 'vitest'
import { createCrashLoopBreaker } from './crash-loop-breaker.ts'

/** Whether a worker refuses after these ends: a letter is an experiment whose trainer crashed, a dot one that ended otherwise. */
function refusesAfter(ends: string): boolean {
  const breaker = createCrashLoopBreaker()
  for (const end of ends) breaker.ended(end, { crashed: end !== '.' })
  return breaker.unhealthyReason() !== null
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
