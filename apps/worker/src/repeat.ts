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
  let underWay: Promise<void> | null = null
  let again = false
  const loop = async (): Promise<void> => {
    do {
      again = false
      await work().catch(onError)
    } while (again)
    underWay = null
  }
  const now = (): void => {
    if (underWay) again = true
    else underWay = loop()
  }
  const timer = setInterval(now, everyMs)
  now()
  return {
    now,
    async stop() {
      clearInterval(timer)
      again = false
      await underWay
    },
  }
}
