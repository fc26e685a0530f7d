import { z } from 'zod'
import { CLASSES, DatasetName, SplitName } from './dataset.ts'

const count = (most: number) => z.coerce.number().int().min(1).max(most)

/** Which images of a split are in a grid; the same query gives the same ones. The largest grid's PNG has about five megabytes. */
export const SamplesQuery = z.strictObject({
  split: SplitName.default('train').describe('the split of the images'),
  imageSize: z.coerce.number().int().min(8).max(128).default(64).describe('pixels per side of each image'),
  columns: count(16).default(8).describe('images beside each other'),
  rows: count(8).default(4).describe('images below each other'),
  label: z.coerce
    .number()
    .int()
    .min(0)
    .max(CLASSES - 1)
    .optional()
    .describe('only images of this kind of flower'),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe('seed of the random order of the images'),
})
export type SamplesQuery = z.infer<typeof SamplesQuery>

export const SamplesRequest = SamplesQuery.extend({ dataset: DatasetName })
export type SamplesRequest = z.infer<typeof SamplesRequest>

/** One image of a grid. */
export const Sample = z
  .object({
    row: z.int().describe('from 0, the top one'),
    column: z.int().describe('from 0, the left one'),
    index: z.int().describe("the image's place in its split, from 0"),
    label: z.int(),
    name: z.string().describe('the kind of flower'),
  })
  .meta({ id: 'Sample' })
export type Sample = z.infer<typeof Sample>

/** Fewer than asked for where the split has no more of the kind. */
export const SampleList = z.object({ items: z.array(Sample) }).meta({ id: 'SampleList' })
export type SampleList = z.infer<typeof SampleList>

/** What a worker answers: the picture, and the images in it. */
export const SamplesAnswer = z.object({ png: z.base64(), ...SampleList.shape })
export type SamplesAnswer = z.infer<typeof SamplesAnswer>
