import { expect } from 'vitest'

/** Largest distance between two lists of the same length. */
export function expectWithin(bound: number, actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  expect(Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] ?? NaN))))).toBeLessThanOrEqual(bound)
}

/** Largest relative distance between two tables with the same names. */
export function expectRelativelyWithin(bound: number, actual: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted())
  for (const [name, value] of Object.entries(expected))
    expect(Math.abs((actual[name] ?? NaN) - value) / value, name).toBeLessThanOrEqual(bound)
}
