import { z } from 'zod'

/** A list or an object, which a hash holds as JSON. */
export const json = <T>(schema: z.ZodType<T>) => z.preprocess((text) => (typeof text === 'string' ? JSON.parse(text) : text), schema)

/** The fields of a record as a script takes them: name, value, name, value, …; what is undefined is left out. */
export const flatFields = (fields: Record<string, string | number | undefined>): string[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]))

/** A time, which a hash holds in ms. */
export const time = z.coerce.number().transform((ms) => new Date(ms).toISOString())
