import { expect, test } from 'vitest'
import { valueAt } from './chart-data.ts'

test('valueAt — at the cursor, before it where the x is another curve’s, nothing after the end; without a cursor the end', () => {
  const ys = [undefined, 3, null, 2, undefined]
  expect([0, 1, 2, 3, 4, null].map((index) => valueAt(ys, index) ?? null)).toEqual([null, 3, 3, 2, null, 2])
  expect(valueAt([], null)).toBeUndefined()
})
