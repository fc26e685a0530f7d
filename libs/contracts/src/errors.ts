import { z } from 'zod'

export const ErrorClass = z.enum(['user', 'infrastructure']).meta({ id: 'ErrorClass' })
export type ErrorClass = z.infer<typeof ErrorClass>

/** How each code travels: its HTTP status, the CLI's exit code, and, in a run, whether trying again can help. */
interface ErrorKind {
  status: number
  exitCode: number
  class: ErrorClass
  title: string
}

const user = (status: number, exitCode: number, title: string): ErrorKind => ({ status, exitCode, class: 'user', title })
const infrastructure = (status: number, exitCode: number, title: string): ErrorKind => ({
  status,
  exitCode,
  class: 'infrastructure',
  title,
})

/** Every expected failure. docs/errors.md explains each; a test holds the two together. */
export const ERRORS = {
  INVALID_INPUT: user(400, 2, 'The input is not valid'),
  MALFORMED_JSON: user(400, 2, 'The body is not JSON'),
  UNPROCESSABLE_CONFIG: user(422, 2, 'The config cannot run'),
  PAGE_TOKEN_UNKNOWN: user(422, 2, 'The page token is unknown'),
  IDEMPOTENCY_KEY_REUSED: user(422, 2, 'The idempotency key was used for another body'),
  NETWORK_TOO_LARGE: user(422, 2, 'The network is larger than any worker'),
  PHOTO_UNREADABLE: user(422, 2, 'The photo cannot be read'),
  WEIGHTS_UNUSABLE: user(422, 2, 'The weights cannot be used'),
  BODY_TOO_LARGE: user(413, 2, 'The body is too large'),
  UNSUPPORTED_MEDIA_TYPE: user(415, 2, 'The body is of the wrong type'),
  NOT_ACCEPTABLE: user(406, 2, 'The format is not offered'),
  UNAUTHENTICATED: user(401, 77, 'A key is needed'),
  FORBIDDEN: user(403, 77, 'The key does not allow it'),
  HOST_REFUSED: user(403, 2, 'The request came by a name or page that is not allowed'),
  ROUTE_NOT_FOUND: user(404, 3, 'There is no such route'),
  METHOD_NOT_ALLOWED: user(405, 2, 'The route does not take this method'),
  EXPERIMENT_NOT_FOUND: user(404, 3, 'There is no such experiment'),
  WORKER_NOT_FOUND: user(404, 3, 'There is no such worker'),
  MODEL_NOT_FOUND: user(404, 3, 'The experiment has no kept model'),
  WEIGHTS_NOT_FOUND: user(404, 3, 'There are no such weights'),
  PROBE_NOT_FOUND: user(404, 3, 'There is no such probe'),
  SWEEP_NOT_FOUND: user(404, 3, 'There is no such sweep'),
  KEY_NOT_FOUND: user(404, 3, 'There is no such key'),
  DATASET_NOT_FOUND: user(404, 3, 'There is no such dataset'),
  AMBIGUOUS_ID: user(409, 3, 'More than one experiment fits the id'),
  NOT_RETAINED: user(409, 4, 'The checkpoint or model is no longer retained'),
  WRONG_STATE: user(409, 4, "The experiment's state does not allow it"),
  QUOTA_EXCEEDED: user(429, 4, 'The quota of queued experiments is reached'),
  RATE_LIMITED: user(429, 4, 'Too many requests'),
  REDIS_UNAVAILABLE: infrastructure(503, 5, 'Redis cannot be reached'),
  STORE_FULL: infrastructure(503, 5, 'Redis or the disk is nearly full'),
  ARTIFACTS_UNAVAILABLE: infrastructure(503, 5, 'The artifact store cannot be used'),
  PREDICTION_TIMED_OUT: infrastructure(503, 5, 'No worker has classified the image in time'),
  SAMPLES_TIMED_OUT: infrastructure(503, 5, 'No worker has drawn the images in time'),
  API_UNREACHABLE: infrastructure(503, 5, 'The service cannot be reached'),
  INTERNAL: infrastructure(500, 70, 'Something went wrong in the service'),
  LOSS_DIVERGED: user(422, 6, 'The loss is no longer a number'),
  OUT_OF_MEMORY: user(422, 6, 'The network does not fit into memory'),
  TIME_LIMIT: user(422, 6, 'The time limit was reached'),
  DATASET_MISSING: user(422, 7, 'The dataset is missing'),
  DATASET_CORRUPT: user(422, 7, 'A file of the dataset is damaged'),
  DOWNLOAD_FAILED: infrastructure(503, 7, 'A download failed'),
  ENGINE_UNAVAILABLE: infrastructure(503, 8, 'TensorFlow cannot be loaded'),
  GPU_UNAVAILABLE: infrastructure(503, 8, 'The GPU cannot be used'),
  TRAINER_STALLED: infrastructure(503, 8, 'The training process hung'),
  TRAINER_CRASHED: infrastructure(503, 8, 'The training process ended'),
  DISK_FULL: infrastructure(503, 9, 'The disk is full'),
  CONFIG_INVALID: user(500, 78, 'The environment is not valid'),
} as const satisfies Record<string, ErrorKind>
export type ErrorCode = keyof typeof ERRORS

/** Whether this version knows the code: another process may be of another one. */
export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

/** An expected failure. `code` is part of the public API; `message` names the fault, its place and a remedy. */
export class ExpectedError extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
  override get name(): string {
    return this.constructor.name
  }
}

/** An app's environment that its schema refuses: all errors at once, by the variable's name. */
export class EnvironmentError extends ExpectedError {
  constructor(cause: z.ZodError) {
    const errors = cause.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
    super('CONFIG_INVALID', `The environment is not set up right: ${errors.join('; ')}`, { cause })
  }
}
/** The message of whatever was thrown. */
export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error))
