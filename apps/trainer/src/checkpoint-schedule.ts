import type { TrainingState } from '@trainyard/training'

export interface CheckpointSchedule {
  /** Call at an epoch's end; writes in the background when it is time, or at once when `now` is set. */
  atEpochEnd(snapshot: () => TrainingState, options: { now: boolean }): Promise<void>
  /** Resolves when nothing is being written. */
  settle(): Promise<void>
}

/** A checkpoint every `everySeconds`, at an epoch's end, one at a time. `nowMs` is a monotonic clock. */
export function createCheckpointSchedule(options: {
  everySeconds: number
  write: (state: TrainingState) => Promise<void>
  nowMs: () => number
}): CheckpointSchedule {
  const { everySeconds, write, nowMs } = options
  let lastMs = nowMs()
  let writing: Promise<void> | null = null
  return {
    settle: async () => {
      await writing
    },
    atEpochEnd: async (snapshot, { now }) => {
      if (!now && (writing || nowMs() - lastMs < everySeconds * 1000)) return
      await writing
      lastMs = nowMs()
      writing = write(snapshot()).finally(() => (writing = null))
      if (now) await writing
      else writing.catch(() => undefined) // `write` reports its own failure; without a checkpoint training goes on
    },
  }
}
