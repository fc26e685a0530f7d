import { z } from 'zod'

/** The body of POST /artifacts/gc. */
export const GarbageRequest = z
  .strictObject({
    dryRun: z.boolean().default(false).describe('only report what would be removed'),
    maxBytes: z
      .int()
      .positive()
      .optional()
      .describe('limit of what is kept: artifacts of ended experiments are removed too, oldest first, until it fits'),
    unknown: z.boolean().default(false).describe('also artifacts of experiments that this service does not know'),
  })
  .meta({ id: 'GarbageRequest' })
export type GarbageRequest = z.infer<typeof GarbageRequest>

const Removed = z.object({ files: z.int(), bytes: z.int() })

/** What was removed of the checkpoints, models and uploaded weights in the data directory, or in the artifact store, and what stays. */
export const GarbageReport = z
  .object({
    dryRun: z.boolean(),
    removed: z.object({
      unused: Removed.describe(
        'not referenced by any record: torn files, artifacts of lost attempts, initial checkpoints of ended runs, uploaded weights unused for a day',
      ),
      deleted: Removed.describe('of experiments that were deleted'),
      unknown: Removed.describe('of experiments that this service does not know'),
      overLimit: Removed.describe('kept by ended experiments, removed because of maxBytes'),
    }),
    evicted: z.array(z.string()).describe('experiments whose model or checkpoint was removed because of maxBytes'),
    keptBytes: z.int().describe('bytes that remain'),
    unknownBytes: z.int().describe('part of keptBytes that belongs to experiments that this service does not know'),
    fits: z.boolean().describe('whether keptBytes is at most maxBytes, or no maxBytes was given'),
  })
  .meta({ id: 'GarbageReport' })
export type GarbageReport = z.infer<typeof GarbageReport>
