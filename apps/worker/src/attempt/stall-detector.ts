const CHECK_INTERVAL_MS = 1000
/** A silence counts once it is this many times the longest one that ended with a sign of progress. */
const MAX_GAPS = 10

export interface StallDetector {
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

/** Reports once when a trainer has shown no progress for too long, measured by its own pace: epochs that take minutes have long silences. */
export function startStallDetector({ stallMs, isWaited, onStall, nowMs = () => performance.now() }: StallOptions): StallDetector {
  let lastSignMs = nowMs()
  let lastLookMs = nowMs()
  let longestGapMs = 0
  const timer = setInterval(look, CHECK_INTERVAL_MS)

  function look(): void {
    const now = nowMs()
    // This process itself was stopped: the trainer's messages of that time have not been read yet.
    const hasSlept = now - lastLookMs > 5 * CHECK_INTERVAL_MS
    lastLookMs = now
    if (hasSlept || isWaited()) lastSignMs = now
    const silentMs = now - lastSignMs
    if (silentMs < Math.max(stallMs, MAX_GAPS * longestGapMs)) return
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
