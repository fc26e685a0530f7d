import type { ExperimentError } from '@trainyard/contracts'
import type { AttemptWriter } from '@trainyard/jobs'
import type { Write } from './write-buffer.ts'

/** Why a worker has its trainer stop. */
export type AbortReason = 'cancel' | 'lost' | 'drain' | 'time_limit' | 'unwritable'

/** How the trainer's part ended. */
export type TrainerEnd =
  | { type: 'completed' }
  | { type: 'aborted' }
  | { type: 'failed'; error: ExperimentError }
  | { type: 'crashed'; how: string }

const crashed = (how: string): ExperimentError => ({
  class: 'infrastructure',
  code: 'TRAINER_CRASHED',
  message: `The training process ended ${how}, without a word`,
  advice: 'It is tried again. If it keeps failing: SIGKILL often means that memory ran out, so lower width, imageSize or batchSize.',
})

const timeLimit = (seconds: number | null): ExperimentError => ({
  class: 'user',
  code: 'TIME_LIMIT',
  message: `Training was stopped after the ${seconds} s that timeLimitSeconds allows`,
  advice: 'Submit it again with a higher timeLimitSeconds, or fewer epochs.',
})

const UNWRITABLE: ExperimentError = {
  class: 'infrastructure',
  code: 'INTERNAL',
  message: 'Its results could not be recorded',
  advice: "It is tried again; the worker's log has the details.",
}

/** What is left to write when the trainer has ended; null when the experiment is no longer this attempt's. */
export function lastWrite(options: {
  end: TrainerEnd
  reason: AbortReason | null
  timeLimitSeconds: number | null
  writer: AttemptWriter
}): Write | null {
  const { end, reason, timeLimitSeconds, writer } = options
  if (reason === 'lost') return null
  if (reason === 'unwritable') return () => writer.giveBack({ reason: 'retry', error: UNWRITABLE })
  if (end.type === 'completed') return () => writer.complete()
  if (end.type === 'failed') {
    const { error } = end
    return error.class === 'user' ? () => writer.fail(error) : () => writer.giveBack({ reason: 'retry', error })
  }
  if (reason === 'cancel') return () => writer.canceled()
  if (reason === 'drain') return () => writer.giveBack({ reason: 'drained' })
  if (reason === 'time_limit') return () => writer.fail(timeLimit(timeLimitSeconds))
  return () => writer.giveBack({ reason: 'retry', error: crashed(end.type === 'crashed' ? end.how : 'early') })
}
