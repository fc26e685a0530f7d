import { z } from 'zod'

/**
 * A number as it travels in JSON: NaN and the infinities, which JSON lacks, are the strings that JavaScript prints for them.
 * A literal, not an enum: of that, tsc writes a declaration that no compiler reads.
 */
export const JsonNumber = z.union([z.number(), z.literal(['NaN', 'Infinity', '-Infinity'])]).meta({ id: 'JsonNumber' })
export type JsonNumber = z.infer<typeof JsonNumber>

export function toJsonNumber(value: number): JsonNumber {
  if (Number.isFinite(value)) return value
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? 'Infinity' : '-Infinity'
}

export function fromJsonNumber(value: JsonNumber): number {
  return typeof value === 'number' ? value : Number(value)
}
