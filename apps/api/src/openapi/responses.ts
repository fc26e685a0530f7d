import { type ErrorCode, ERRORS, Problem } from '@trainyard/contracts'
import { z } from 'zod'

/** What any route may answer: no key, a page of another site, too many requests, Redis or the artifact store away, an internal error. */
const EVERYWHERE = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'HOST_REFUSED',
  'RATE_LIMITED',
  'REDIS_UNAVAILABLE',
  'ARTIFACTS_UNAVAILABLE',
  'INTERNAL',
] as const

/** Of a route with a JSON body. */
export const BODY_ERRORS = ['INVALID_INPUT', 'MALFORMED_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const
/** Of a route whose path names an experiment. */
export const EXPERIMENT_ERRORS = ['INVALID_INPUT', 'EXPERIMENT_NOT_FOUND', 'AMBIGUOUS_ID'] as const

interface ProblemResponse {
  description: string
  content: { 'application/problem+json': { schema: typeof Problem } }
}

/** The problem responses of a route, by status, for the codes that it may answer. */
export function problems(...codes: readonly ErrorCode[]): Record<number, ProblemResponse> {
  const byStatus = Map.groupBy([...new Set([...codes, ...EVERYWHERE])], (code) => ERRORS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      { description: some.join(', '), content: { 'application/problem+json': { schema: Problem } } },
    ]),
  )
}

/** The responses of a route that answers a table, as JSON or as CSV. */
export function table<Schema extends z.ZodType>(
  { description, schema }: { description: string; schema: Schema },
  ...codes: readonly ErrorCode[]
) {
  return {
    200: { description, content: { 'application/json': { schema }, 'text/csv': { schema: z.string() } } },
    ...problems('INVALID_INPUT', 'NOT_ACCEPTABLE', ...codes),
  }
}
