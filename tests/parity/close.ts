import { expect } from 'vitest'
import { type Bounds, CHAOS } from './golden.ts'

/** Largest distance between two lists of the same length. */
export function expectWithin(bound: number, actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  expect(Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] ?? NaN))))).toBeLessThanOrEqual(bound)
}

/** A bias in front of batch norm has no effect: its gradient is zero, and what PyTorch has there is rounding. */
const ZERO = 1e-6

/** Largest relative distance between two tables with the same names. */
export function expectRelativelyWithin(bound: number, actual: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted())
  for (const [name, value] of Object.entries(expected)) {
    if (value < ZERO) expect(actual[name], name).toBeLessThan(ZERO)
    else expect(Math.abs((actual[name] ?? NaN) - value) / value, name).toBeLessThanOrEqual(bound)
  }
}

/** Step losses of a run, in order. */
export function expectLossesWithin({ loss, chaoticAfter }: Bounds, actual: readonly number[], expected: readonly number[]): void {
  const exact = chaoticAfter ?? expected.length
  expectWithin(loss, actual.slice(0, exact), expected.slice(0, exact))
  expectWithin(CHAOS, actual, expected)
}
