import { ExpectedError, type ExperimentError, type ExperimentState, isErrorCode } from '@trainyard/contracts'

export class ExperimentNotFoundError extends ExpectedError {
  constructor(id: string) {
    super('EXPERIMENT_NOT_FOUND', `There is no experiment ${JSON.stringify(id)}; list them to see their ids`)
  }
}

export class ProbeNotFoundError extends ExpectedError {
  constructor(id: string) {
    super('PROBE_NOT_FOUND', `There is no probe ${JSON.stringify(id)}; it is kept for a week at most, so POST it again`)
  }
}

export class PredictionTimedOutError extends ExpectedError {
  constructor({ taken, timeoutMs }: { taken: boolean; timeoutMs: number }) {
    const why = taken ? 'A worker took the photo but has not named it' : 'No worker has taken the photo'
    super('PREDICTION_TIMED_OUT', `${why} within ${timeoutMs / 1000} s; GET /api/v1/workers lists the live ones. Send it again`)
  }
}

export class SamplesTimedOutError extends ExpectedError {
  constructor({ taken, timeoutMs }: { taken: boolean; timeoutMs: number }) {
    const why = taken ? 'A worker has begun to draw the images but is not done' : 'No worker has begun to draw the images'
    super('SAMPLES_TIMED_OUT', `${why} within ${timeoutMs / 1000} s; GET /api/v1/workers lists the live ones. Ask again`)
  }
}

/** A worker has answered a question with an error. */
export class RequestFailedError extends ExpectedError {
  constructor({ code, message }: ExperimentError) {
    super(isErrorCode(code) ? code : 'TRAINER_CRASHED', message)
  }
}

export class AmbiguousIdError extends ExpectedError {
  constructor(prefix: string) {
    super('AMBIGUOUS_ID', `More than one experiment's id begins with ${JSON.stringify(prefix)}; give more of it`)
  }
}

export class WrongStateError extends ExpectedError {
  constructor({ id, state, action }: { id: string; state: ExperimentState; action: string }) {
    super('WRONG_STATE', `Experiment ${id} is ${state}, so it cannot be ${action}`)
  }
}

export class NotRetainedError extends ExpectedError {
  constructor(what: string) {
    super('NOT_RETAINED', `${what}; GET the experiment, its \`kept\` lists what a fork can begin from`)
  }
}

export class IdempotencyKeyReusedError extends ExpectedError {
  constructor(id: string) {
    super('IDEMPOTENCY_KEY_REUSED', `The idempotency key was used for experiment ${id} with another body; use a new key`)
  }
}

export class KeyNotFoundError extends ExpectedError {
  constructor(id: string) {
    super('KEY_NOT_FOUND', `There is no API key ${JSON.stringify(id)}; GET /api/v1/keys lists them`)
  }
}

export class QuotaExceededError extends ExpectedError {
  constructor({ owner, maxQueued }: { owner: string; maxQueued: number }) {
    super('QUOTA_EXCEEDED', `${owner} already has ${maxQueued} experiments queued, as many as may be; wait, or cancel some`)
  }
}

export class SweepNotFoundError extends ExpectedError {
  constructor(id: string) {
    super('SWEEP_NOT_FOUND', `There is no sweep ${JSON.stringify(id)}; list them to see their ids`)
  }
}

export class SweepEndedError extends ExpectedError {
  constructor(id: string) {
    super('WRONG_STATE', `Sweep ${id} has ended, so it cannot be canceled or go on`)
  }
}

export class StoreFullError extends ExpectedError {
  constructor(options?: ErrorOptions) {
    super('STORE_FULL', 'Redis has used 85 % of its memory; delete experiments or raise its maxmemory, then try again', options)
  }
}

export class InvalidPageTokenError extends ExpectedError {
  constructor() {
    super('PAGE_TOKEN_UNKNOWN', 'pageToken is not a page token of a list; start again without it')
  }
}

export class RedisUnavailableError extends ExpectedError {
  constructor(options?: ErrorOptions) {
    super('REDIS_UNAVAILABLE', 'Redis cannot be reached; check that it runs and that REDIS_URL is right, then try again', options)
  }
}
