import { type ErrorCode, ExpectedError, isErrorCode, type Problem } from '@trainyard/contracts'

/** The service refused: `code` is its own (INTERNAL where a newer service has one that we do not know), `problem` all that it said. */
export class ProblemError extends ExpectedError {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(isErrorCode(problem.code) ? problem.code : 'INTERNAL', problem.detail)
    this.problem = problem
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
  constructor({ url, status }: { url: string; status: number }, options?: ErrorOptions) {
    const message = `What answers at ${url} (status ${status}) is not a Trainyard of this version; check TRAINYARD_URL, or bring both to the same version`
    super('API_UNREACHABLE', message, options)
    this.status = status
  }
}

/** Whether the service refused for this reason. */
export const isProblem = (error: unknown, code: ErrorCode): error is ProblemError => error instanceof ProblemError && error.code === code
