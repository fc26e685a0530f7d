import { expect, test } from 'vitest'
import { transposedRows } from './transposed-rows.ts'

test.each([
  [5, 3],
  [3, 64],
  [2, 150],
  [1, 1],
])('transposedRows() — (%i, %i), whatever the pieces', (rows, columns) => {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => i)
  const transposed = [...transposedRows(values, [rows, columns])].flatMap((piece) => [...piece])
  expect(transposed).toEqual(Array.from({ length: rows * columns }, (_, i) => (i % rows) * columns + Math.floor(i / rows)))
})
