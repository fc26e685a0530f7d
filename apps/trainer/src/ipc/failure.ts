import { type ErrorCode, errorMessage, ERRORS, ExpectedError, type ExperimentError } from '@trainyard/contracts'

/** What to do about a failed run. Codes that are not here get the general advice of their class. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  LOSS_DIVERGED: 'Submit it again with a lower lr (a tenth is a good first try) or a lower momentum.',
  OUT_OF_MEMORY: 'Lower width, depth, imageSize or batchSize, or use a worker with more memory.',
  DATASET_MISSING: 'Run `npx trainyard datasets fetch flowers102` on the worker, or set FLOWERS102_ROOT there.',
  DATASET_CORRUPT: 'Replace the named file, or run `npx trainyard datasets fetch flowers102` again.',
  DISK_FULL: "Free some space on the worker's disk.",
  DOWNLOAD_FAILED: "Check the worker's network; the download goes on where it stopped.",
}

/** A run's end by error, as the experiment shows it. The advice never holds internals. */
export function toExperimentError(error: unknown): ExperimentError {
  if (!(error instanceof ExpectedError))
    return {
      class: 'infrastructure',
      code: 'TRAINER_CRASHED',
      message: `The training process failed: ${errorMessage(error)}`,
      advice: "It is tried again; if it keeps failing, the worker's log has the details.",
    }
  const kind = ERRORS[error.code]
  const general = kind.class === 'user' ? 'Change the config and submit it again.' : 'It is tried again on its own.'
  return { class: kind.class, code: error.code, message: error.message, advice: ADVICE[error.code] ?? general }
}
