const LOOK_EVERY_MS = 1000
/** A silence is none while it is shorter than so many of the longest that was followed by a sign. */
const LONGEST_GAPS = 10

export interface StallWatch {
  /** The trainer has shown progress, or has to wait for us. */
  sign(): void
  stop(): void
}

export interface StallOptions {
  /** The shortest silence that counts. */
  stallMs: number
  /** While it waits for us, a trainer may be silent. */
  isWaited: () => boolean
  onStall: (silentMs: number) => void
  /** A monotonic clock. */
  nowMs?: () => number
}

/** Tells once when a trainer has shown no progress for too long, measured by its own pace: epochs that take minutes have long silences. */
export function watchForStall({ stallMs, isWaited, onStall, nowMs = () => performance.now() }: StallOptions): StallWatch {
  let lastSignMs = nowMs()
  let lastLookMs = nowMs()
  let longestGapMs = 0
  const timer = setInterval(look, LOOK_EVERY_MS)

  function look(): void {
    const now = nowMs()
    // This process itself was stopped: what the trainer said meanwhile has not been heard yet.
    const hasSlept = now - lastLookMs > 5 * LOOK_EVERY_MS
    lastLookMs = now
    if (hasSlept || isWaited()) lastSignMs = now
    const silentMs = now - lastSignMs
    if (silentMs < Math.max(stallMs, LONGEST_GAPS * longestGapMs)) return
    clearInterval(timer)
    onStall(silentMs)
  }

  return {
    sign() {
      const now = nowMs()
      longestGapMs = Math.max(longestGapMs, now - lastSignMs)
      lastSignMs = now
    },
    stop: () => clearInterval(timer),
  }
}
