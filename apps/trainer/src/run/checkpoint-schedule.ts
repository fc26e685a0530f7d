import type { TrainingState } from '@trainyard/training'

export interface CheckpointSchedule {
  /** Call at an epoch's end: reads the state when it is time, or at once when `now` is set, and then waits until it is recorded. */
  atEpochEnd(state: TrainingState, options: { now: boolean }): Promise<void>
  /** Resolves when nothing is being written. */
  settle(): Promise<void>
}

/**
 * A checkpoint every `everySeconds`, at an epoch's end, one at a time. `write` resolves when the state is read, with what resolves when it is
 * recorded; neither rejects. `nowMs` is a monotonic clock.
 */
export function createCheckpointSchedule(options: {
  everySeconds: number
  write: (state: TrainingState) => Promise<{ recorded: Promise<void> }>
  nowMs: () => number
}): CheckpointSchedule {
  const { everySeconds, write, nowMs } = options
  let lastMs = nowMs()
  let recording: Promise<void> | null = null
  return {
    settle: async () => {
      await recording
    },
    atEpochEnd: async (state, { now }) => {
      if (!now && (recording || nowMs() - lastMs < everySeconds * 1000)) return
      await recording
      lastMs = nowMs()
      const { recorded } = await write(state)
      recording = recorded.finally(() => (recording = null))
      if (now) await recording
    },
  }
}
