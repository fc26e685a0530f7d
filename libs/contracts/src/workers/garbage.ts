import { z } from 'zod'

/** The body of POST /artifacts/gc. */
export const GarbageRequest = z
  .strictObject({
    dryRun: z.boolean().default(false).describe('only say what would be removed'),
    maxBytes: z
      .int()
      .positive()
      .optional()
      .describe('where more is kept: what ended experiments have kept goes too, of those that ended first, until it fits'),
    unknown: z.boolean().default(false).describe('also what belongs to experiments that this service does not know'),
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
        'what no record names: torn files, orphanedArtifacts of lost attempts, what runs that have ended began with, uploaded weights that a day has not used',
      ),
      deleted: Removed.describe('of experiments that were deleted'),
      unknown: Removed.describe('of experiments that this service does not know'),
      overLimit: Removed.describe('kept by ended experiments, removed because of maxBytes'),
    }),
    forgotten: z.array(z.string()).describe('experiments whose model or checkpoint went because of maxBytes'),
    keptBytes: z.int().describe('what is left'),
    unknownBytes: z.int().describe('of it: what belongs to experiments that this service does not know'),
    fits: z.boolean().describe('keptBytes is at most maxBytes, or that was not given'),
  })
  .meta({ id: 'GarbageReport' })
export type GarbageReport = z.infer<typeof GarbageReport>
