import { singleFlight } from '@trainyard/jobs'

export interface Repeated {
  /** Does it now, or once more when it is being done. */
  now(): void
  /** Resolves when it is done for the last time. */
  stop(): Promise<void>
}

/** Does the work at once and then every `everyMs`; while one is still under way, as in an outage, the others are made up for by a single one. */
export function repeat({
  everyMs,
  work,
  onError,
}: {
  everyMs: number
  work: () => Promise<void>
  onError: (error: unknown) => void
}): Repeated {
  let stopped = false
  const task = singleFlight(async () => {
    if (!stopped) await work()
  }, onError)
  const timer = setInterval(() => task.run(), everyMs)
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
