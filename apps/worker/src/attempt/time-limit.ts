import type { Experiment } from '@trainyard/contracts'

const CHECK_INTERVAL_MS = 1000

/** Time in the queue does not count, that of earlier attempts does. */
export function watchTimeLimit({ config, attempts }: Experiment, onLimit: () => void): { stop(): void } {
  const { timeLimitSeconds } = config
  if (timeLimitSeconds === null) return { stop: () => {} }
  const earlierMs = attempts.reduce((sum, { startedAt, endedAt }) => sum + (endedAt ? Date.parse(endedAt) - Date.parse(startedAt) : 0), 0)
  const endMs = performance.now() + timeLimitSeconds * 1000 - earlierMs
  // Checks once a second, because a timer cannot be set for more than 24 days.
  const timer = setInterval(() => {
    if (performance.now() >= endMs) onLimit()
  }, CHECK_INTERVAL_MS)
  return { stop: () => clearInterval(timer) }
}
