import { type ErrorCode, ExpectedError, isErrorCode, type Problem } from '@trainyard/contracts'

/** The service refused: `code` is its own (INTERNAL where a newer service has one that we do not know), `problem` its whole answer. */
export class ProblemError extends ExpectedError {
  readonly problem: Problem
  /** When to retry, from Retry-After. */
  readonly retryAfterSeconds: number | null
  constructor(problem: Problem, { retryAfterSeconds = null }: { retryAfterSeconds?: number | null } = {}) {
    super(isErrorCode(problem.code) ? problem.code : 'INTERNAL', problem.detail)
    this.problem = problem
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export class UnreachableError extends ExpectedError {
  constructor(
    baseUrl: string,
    {
      message = `Nothing answers at ${baseUrl}; start it with npm start or set TRAINYARD_URL`,
      ...options
    }: ErrorOptions & { message?: string } = {},
  ) {
    super('API_UNREACHABLE', message, options)
  }
}

/** Something is there, but the answer has not come in time; whether the service has done what was asked is not known. */
export class TimedOutError extends UnreachableError {
  constructor(baseUrl: string, { withinMs, ...options }: ErrorOptions & { withinMs: number }) {
    super(baseUrl, { message: `${baseUrl} has not answered within ${withinMs / 1000} s; try again, or allow it more time`, ...options })
  }
}

/** Something answers, but not as this version of Trainyard does. */
export class UnexpectedAnswerError extends ExpectedError {
  readonly status: number
  readonly retryAfterSeconds: number | null
  constructor({ url, status, headers }: Pick<Response, 'url' | 'status' | 'headers'>, options?: ErrorOptions) {
    const message = `What answers at ${url} (status ${status}) is not a Trainyard of this version; check TRAINYARD_URL, or bring both to the same version`
    super('API_UNREACHABLE', message, options)
    this.status = status
    this.retryAfterSeconds = readRetryAfter(headers)
  }
}

/** RFC 9110: seconds, or a date. */
export function readRetryAfter(headers: Headers): number | null {
  const value = headers.get('retry-after') ?? ''
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isNaN(seconds) ? null : Math.max(0, seconds)
}

/** Whether the service refused for this reason. */
export const isProblem = (error: unknown, code: ErrorCode): error is ProblemError => error instanceof ProblemError && error.code === code
