import { singleFlight } from '@trainyard/jobs'

export interface PeriodicTask {
  /** Runs it now, or once more after the run under way. */
  now(): void
  /** Resolves when the last run has ended. */
  stop(): Promise<void>
}

/** Runs the work at once and then every `intervalMs`. While a run is under way, as in an outage, those that are due become one. */
export function startPeriodicTask({
  intervalMs,
  work,
  onError,
}: {
  intervalMs: number
  work: () => Promise<void>
  onError: (error: unknown) => void
}): PeriodicTask {
  let stopped = false
  const task = singleFlight(async () => {
    if (!stopped) await work()
  }, onError)
  const timer = setInterval(() => task.run(), intervalMs)
  task.run()
  return {
    now: () => task.run(),
    async stop() {
      stopped = true
      clearInterval(timer)
      await task.idle()
    },
  }
}
