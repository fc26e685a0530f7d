import { expect, test } from 'vitest'
import { likeliest } from './likeliest.ts'

const NAMES = ['rose', 'tulip', 'lily', 'iris', 'poppy', 'aster']

test('likeliest() — softmax of logits that would overflow, the likeliest first', () => {
  const classes = likeliest([1000, 1001, 0, 0, 0, 0], NAMES)
  expect(classes.map(({ name }) => name).slice(0, 2)).toEqual(['tulip', 'rose'])
  expect(classes).toHaveLength(5)
  expect(classes[0]?.probability).toBeCloseTo(Math.E / (1 + Math.E), 12)
})
