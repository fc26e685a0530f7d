import { type ErrorCode, ERRORS, Problem } from '@trainyard/contracts'
import { z } from 'zod'

/** What any route may answer: no key, a foreign page, too many requests, Redis or the artifact store away, a fault of ours. */
const EVERYWHERE: readonly ErrorCode[] = [
  ...(['UNAUTHENTICATED', 'FORBIDDEN', 'HOST_REFUSED', 'RATE_LIMITED'] as const),
  ...(['REDIS_UNAVAILABLE', 'ARTIFACTS_UNAVAILABLE', 'INTERNAL'] as const),
]

interface ProblemResponse {
  description: string
  content: { 'application/problem+json': { schema: typeof Problem } }
}

/** The problem responses of a route, by status, for the codes that it may answer. */
export function problems(...codes: readonly ErrorCode[]): Record<number, ProblemResponse> {
  const byStatus = Map.groupBy([...codes, ...EVERYWHERE], (code) => ERRORS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      { description: some.join(', '), content: { 'application/problem+json': { schema: Problem } } },
    ]),
  )
}

/** A table, as JSON or as CSV. */
export function table<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema }, 'text/csv': { schema: z.string() } } }
}
