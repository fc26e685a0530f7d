import { z } from 'zod'

/** A list or an object, which a hash holds as JSON. */
export const json = <T>(schema: z.ZodType<T>) => z.preprocess((text) => (typeof text === 'string' ? JSON.parse(text) : text), schema)

/** A time, which a hash holds in ms. */
export const time = z.coerce.number().transform((ms) => new Date(ms).toISOString())
