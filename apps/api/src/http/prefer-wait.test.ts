import { expect, test } from 'vitest'
import { preferredWaitSeconds } from './prefer-wait.ts'

const cases: [string | undefined, number | null][] = [
  [undefined, null],
  ['wait=30', 30],
  ['Wait = "5"', 5],
  ['respond-async, wait=10; strict', 10],
  ['return=minimal, wait=3', 3],
  ['wait=3, wait=9', 3],
  ['wait=0', 0],
  ['wait=100000', 60],
  ['wait=soon', null],
  ['wait=-1', null],
  ['await=3', null],
  ['', null],
]

test.each(cases)('%j asks to wait for %j seconds', (header, seconds) => expect(preferredWaitSeconds(header)).toBe(seconds))
