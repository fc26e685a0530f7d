import { expect, test } from 'vitest'
import { fromJsonNumber, JsonNumber, toJsonNumber } from './json-number.ts'

test.each([1.5, 0, -0, NaN, Infinity, -Infinity])('%d — survives JSON', (value) => {
  const parsed = JsonNumber.parse(JSON.parse(JSON.stringify(toJsonNumber(value))))
  expect(fromJsonNumber(parsed)).toBe(value === 0 ? 0 : value)
})
