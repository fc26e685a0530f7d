import { z } from 'zod'

/** A list or an object, which a hash holds as JSON. */
export const json = <T>(schema: z.ZodType<T>) => z.preprocess((text) => (typeof text === 'string' ? JSON.parse(text) : text), schema)

/** The fields of a record as a script takes them: name, value, name, value, …; what is undefined is left out. */
export const flatFields = (fields: Record<string, string | number | undefined>): string[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]))

/** A time, which a hash holds in ms. */
export const time = z.coerce.number().transform((ms) => new Date(ms).toISOString())

/** Reads the fields of a stream's entry, or of a hash as a script answers it: [name, value, …]. */
export function fieldsOf(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : [])))
}
