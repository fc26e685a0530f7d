import { z } from 'zod'

/** What an ended experiment's steps, layers and logs are moved into, as one JSON text, in the rows that Redis had. */
export const ArchivedResults = z.object({
  version: z.literal(1),
  /** Per own epoch its layers' row. */
  layers: z.array(z.string()),
  /** Of every own step as float32, in base64. */
  losses: z.base64(),
  logs: z.array(z.string()),
  /** Of every own epoch its layers' hashes, concatenated. */
  hashes: z.string(),
})
export type ArchivedResults = z.infer<typeof ArchivedResults>
