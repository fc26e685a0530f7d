import { ProblemError, UnexpectedAnswerError, UnreachableError } from './errors.ts'

/** Tries of one call, the first included. */
export const MAX_ATTEMPTS = 3
const FIRST_BACKOFF_MS = 200
const MAX_BACKOFF_MS = 5000
const MAX_RETRY_AFTER_MS = 60_000

/** A service that is away, restarts or is short of Redis comes back; a refusal stays one. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ProblemError) return error.problem.status >= 500
  if (error instanceof UnexpectedAnswerError) return error.status >= 500
  // a stream that breaks throws what the platform's fetch throws
  return error instanceof UnreachableError || error instanceof TypeError
}

/** What Retry-After asks for. Else it doubles up to a bound; the random half keeps a thousand clients from returning in the same moment. */
export function retryDelayMs(error: unknown, failures: number): number {
  const answered = error instanceof ProblemError || error instanceof UnexpectedAnswerError
  const askedMs = Math.min(1000 * ((answered && error.retryAfterSeconds) || 0), MAX_RETRY_AFTER_MS)
  return Math.max(askedMs, Math.min(FIRST_BACKOFF_MS * 2 ** failures, MAX_BACKOFF_MS) * (0.5 + Math.random() / 2))
}

/** Ends early, and quietly, where the signal aborts. */
export function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, durationMs)
    signal?.addEventListener('abort', done)
    if (signal?.aborted) done()
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
  })
}
