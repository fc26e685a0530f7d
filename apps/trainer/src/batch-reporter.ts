/** Batch losses and the step go out at most this often: enough for the eye, little for Redis. */
export const REPORT_EVERY_MS = 250

export interface BatchReport {
  epoch: number
  firstStep: number
  losses: Float32Array
}

export interface BatchReporter {
  add(step: { epoch: number; step: number; loss: number }): Promise<void>
  /** Reports what is held back; at every epoch's end, so that no report spans two epochs. */
  flush(): Promise<void>
}

/** Gathers step losses into reports of consecutive steps. `now` is a clock in ms. */
export function createBatchReporter(report: (batch: BatchReport) => Promise<void>, now: () => number): BatchReporter {
  let pending: { epoch: number; firstStep: number; losses: number[] } | null = null
  let lastReportMs = -Infinity // the very first step is reported at once: people wait for it
  const flush = async (): Promise<void> => {
    if (!pending) return
    const { epoch, firstStep, losses } = pending
    pending = null
    lastReportMs = now()
    await report({ epoch, firstStep, losses: Float32Array.from(losses) })
  }
  return {
    flush,
    add: async ({ epoch, step, loss }) => {
      pending ??= { epoch, firstStep: step, losses: [] }
      pending.losses.push(loss)
      if (now() - lastReportMs >= REPORT_EVERY_MS) await flush()
    },
  }
}
