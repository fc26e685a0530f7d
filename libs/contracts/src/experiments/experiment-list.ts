import { z } from 'zod'
import { PageToken } from '../http/page-token.ts'
import { ExperimentState } from './experiment.ts'

/** What finished experiments are sorted by: numbers of the best epoch, when they ended, and how long they took. */
export const SortedResult = z.enum(['loss', 'accuracy', 'evalLoss', 'evalAccuracy', 'finishedAt', 'duration'])
export type SortedResult = z.infer<typeof SortedResult>

const ascending = ['createdAt', ...SortedResult.options] as const
/** A minus before the field: from the highest down. */
export const ExperimentSort = z.enum([...ascending, ...ascending.map((field) => `-${field}` as const)])
export type ExperimentSort = z.infer<typeof ExperimentSort>

/** The query of GET /experiments. */
export const ExperimentListQuery = z.strictObject({
  state: ExperimentState.optional().describe('only those in this state'),
  tag: z.string().min(1).max(50).optional().describe('only those with this tag'),
  owner: z.string().min(1).max(100).optional().describe('only those of this owner'),
  q: z.string().min(1).max(200).optional().describe('only those whose name or tags have words that begin with this'),
  sort: ExperimentSort.default('-createdAt').describe(
    'a minus: highest or newest first; every field but createdAt lists only finished experiments, by the result of their best epoch',
  ),
  pageSize: z.coerce.number<string>().int().min(1).max(200).default(50).describe('items per page'),
  pageToken: PageToken.optional(),
})
export type ExperimentListQuery = z.infer<typeof ExperimentListQuery>
