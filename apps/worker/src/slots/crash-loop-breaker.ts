const CRASHES = 3

/** Distinguishes a worker that is at fault from experiments that are. */
export interface CrashLoopBreaker {
  /** An attempt has ended. */
  ended(experimentId: string, options: { crashed: boolean }): void
  /** Why the worker should take no more experiments; null: it may. */
  unhealthyReason(): string | null
}

/** Three crashes in a row, of different experiments, are the worker's own: a broken driver, a full disk, memory that others take. */
export function createCrashLoopBreaker(): CrashLoopBreaker {
  let crashed: string[] = []
  let reason: string | null = null
  return {
    ended(id, { crashed: isCrash }) {
      crashed = isCrash ? [...crashed.filter((each) => each !== id), id] : []
      if (crashed.length >= CRASHES)
        reason ??= `Its training process crashed for ${CRASHES} experiments in a row (${crashed.join(', ')}): look at its log, its driver and its memory, then restart it`
    },
    unhealthyReason: () => reason,
  }
}
