const CRASHES = 3

/** Tells a worker that is at fault itself from experiments that are. */
export interface CrashRow {
  /** An attempt has ended. */
  ended(experimentId: string, options: { crashed: boolean }): void
  /** Why the worker should take no more experiments; null: it may. */
  unhealthyReason(): string | null
}

/** Three crashes in a row, of different experiments, are the worker's own: a broken driver, a full disk, memory that others take. */
export function createCrashRow(): CrashRow {
  let row: string[] = []
  let why: string | null = null
  return {
    ended(id, { crashed }) {
      row = crashed ? [...row.filter((each) => each !== id), id] : []
      if (row.length >= CRASHES)
        why ??= `Its training process crashed for ${CRASHES} experiments in a row (${row.join(', ')}): look at its log, its driver and its memory, then restart it`
    },
    unhealthyReason: () => why,
  }
}
