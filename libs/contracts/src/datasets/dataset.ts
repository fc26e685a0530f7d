import { z } from 'zod'

export const DatasetName = z.enum(['flowers102', 'synthetic-flowers'])
export type DatasetName = z.infer<typeof DatasetName>

export const SplitName = z.enum(['train', 'val', 'test'])
export type SplitName = z.infer<typeof SplitName>

/** Images per split. Known beforehand, so that a dry run needs neither a download nor a worker. */
export const SPLIT_COUNTS: Record<DatasetName, Record<SplitName, number>> = {
  flowers102: { train: 1020, val: 1020, test: 6149 },
  'synthetic-flowers': { train: 1020, val: 1020, test: 2040 },
}

/** Both datasets have 102 kinds of flower. */
export const CLASSES = 102

/** A split that a worker has decoded and cached. */
export const CachedSplit = z
  .object({
    dataset: DatasetName,
    split: SplitName,
    imageSize: z.int().describe('pixels per side'),
  })
  .meta({ id: 'CachedSplit' })
export type CachedSplit = z.infer<typeof CachedSplit>

export const Dataset = z
  .object({
    name: DatasetName,
    description: z.string(),
    classes: z.int(),
    splits: z.record(SplitName, z.int()).describe('images per split'),
    generated: z.boolean().describe('true when nothing has to be downloaded'),
    license: z.string(),
    citation: z.string().nullable(),
    cachedOn: z
      .array(z.object({ workerId: z.string(), splits: z.array(CachedSplit.omit({ dataset: true })) }))
      .describe('live workers that have cached splits of it'),
  })
  .meta({ id: 'Dataset' })
export type Dataset = z.infer<typeof Dataset>

export const DatasetList = z.object({ items: z.array(Dataset) }).meta({ id: 'DatasetList' })
export type DatasetList = z.infer<typeof DatasetList>
