export interface SingleFlight {
  /** Runs the work now; a call while it runs has it run once more, so that no call is missed. Never throws. */
  run(): void
  /** Resolves when nothing runs. */
  idle(): Promise<void>
}

/** Work that never overlaps itself; its errors go to `onError`. */
export function singleFlight(work: () => Promise<void>, onError: (error: unknown) => void): SingleFlight {
  let running: Promise<void> | null = null
  let again = false
  const loop = async (): Promise<void> => {
    do {
      again = false
      await work().catch(onError)
    } while (again)
    running = null
  }
  return {
    run() {
      if (running) again = true
      else running = loop()
    },
    idle: async () => running ?? undefined,
  }
}
