import type { ExperimentError } from '@trainyard/contracts'
import type { AttemptWriter } from '@trainyard/jobs'
import type { Write } from './write-buffer.ts'

/** Why a worker has its trainer stop. */
export type AbortReason = 'cancel' | 'pause' | 'stop' | 'lost' | 'drain' | 'time_limit' | 'stalled' | 'write_failed'

/** How the trainer's part ended; `outOfMemory`: the kernel killed it, or something else, for memory. */
export type TrainerEnd =
  | { type: 'completed' }
  | { type: 'aborted' }
  | { type: 'failed'; error: ExperimentError }
  | { type: 'crashed'; how: string; outOfMemory: boolean }
  /** What it resumes from could not be downloaded from the artifact store, or its model not be uploaded. */
  | { type: 'artifact_unavailable' }

function crash(end: TrainerEnd): ExperimentError {
  if (end.type === 'artifact_unavailable') return ARTIFACT_UNAVAILABLE
  if (end.type === 'crashed' && end.outOfMemory)
    return {
      class: 'infrastructure',
      code: 'OUT_OF_MEMORY',
      message: 'The training process was killed because the host ran out of memory',
      advice:
        'It is retried once. If it happens a second time: lower width, depth, imageSize or batchSize, or use a worker with more memory.',
    }
  return {
    class: 'infrastructure',
    code: 'TRAINER_CRASHED',
    message: `The training process ended ${end.type === 'crashed' ? end.how : 'early'}, without an error`,
    advice: 'It is retried. If it keeps failing: SIGKILL often means that memory ran out, so lower width, imageSize or batchSize.',
  }
}

const STALLED: ExperimentError = {
  class: 'infrastructure',
  code: 'TRAINER_STALLED',
  message: 'The training process showed no progress for too long and was killed',
  advice: "It is retried. If it keeps hanging, look at the worker's disk, network and driver, or raise its TRAINYARD_STALL_SECONDS.",
}

const timeLimit = (seconds: number | null): ExperimentError => ({
  class: 'user',
  code: 'TIME_LIMIT',
  message: `Training was stopped after the ${seconds} s that timeLimitSeconds allows`,
  advice: 'Submit it again with a higher timeLimitSeconds, or fewer epochs.',
})

const ARTIFACT_UNAVAILABLE: ExperimentError = {
  class: 'infrastructure',
  code: 'ARTIFACTS_UNAVAILABLE',
  message: 'What it resumes from could not be downloaded from the artifact store, or its model not be uploaded, for ten minutes',
  advice: "It is retried; the worker's log has the store's error.",
}

const WRITE_FAILED: ExperimentError = {
  class: 'infrastructure',
  code: 'INTERNAL',
  message: 'Its results could not be recorded',
  advice: "It is retried; the worker's log has the details.",
}

interface LastWriteOptions {
  end: TrainerEnd
  reason: AbortReason | null
  timeLimitSeconds: number | null
  writer: AttemptWriter
}

/** What is left to write when the trainer has ended; null when the experiment is no longer this attempt's. */
export function lastWrite({ end, reason, timeLimitSeconds, writer }: LastWriteOptions): Write | null {
  const retry = (error: ExperimentError) => () => writer.requeue({ reason: 'retry', error })
  if (reason === 'lost') return null
  if (reason === 'write_failed') return retry(WRITE_FAILED)
  if (end.type === 'completed') return () => writer.complete()
  if (end.type === 'failed') {
    const { error } = end
    return error.class === 'user' ? () => writer.fail(error) : retry(error)
  }
  if (reason === 'cancel') return () => writer.canceled()
  if (reason === 'stop') return () => writer.stopped()
  if (reason === 'drain') return () => writer.requeue({ reason: 'drained' })
  if (reason === 'time_limit') return () => writer.fail(timeLimit(timeLimitSeconds))
  if (reason === 'stalled') return retry(STALLED)
  if (reason === 'pause' && end.type === 'aborted') return () => writer.paused()
  return retry(crash(end))
}

/** Whether it was the trainer that failed, and not the experiment: one that ran out of memory before is at fault itself. */
export function isCrash({
  end,
  reason,
  outOfMemoryBefore,
}: {
  end: TrainerEnd
  reason: AbortReason | null
  outOfMemoryBefore: number
}): boolean {
  if (end.type !== 'crashed') return false
  if (reason === 'stalled') return true
  return (reason === null || reason === 'pause') && !(end.outOfMemory && outOfMemoryBefore > 0)
}
