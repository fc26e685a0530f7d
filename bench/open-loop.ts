import { setTimeout as pause } from 'node:timers/promises'

/** Starts `call` at a fixed rate whatever the answers take, so that a slow server cannot slow its own measurement; latencies in ms. */
export async function openLoop(options: { ratePerSecond: number; seconds: number; call: (i: number) => Promise<void> }): Promise<number[]> {
  const { ratePerSecond, seconds, call } = options
  const count = ratePerSecond * seconds
  const startedMs = performance.now()
  const latenciesMs: number[] = []
  const pending: Promise<void>[] = []
  for (let i = 0; i < count; i++) {
    const dueMs = startedMs + (i * 1000) / ratePerSecond
    const waitMs = dueMs - performance.now()
    if (waitMs > 0) await pause(waitMs)
    // from when it was due: what this process itself is late counts, too
    const sentMs = Math.min(dueMs, performance.now())
    pending.push(call(i).then(() => void latenciesMs.push(performance.now() - sentMs)))
  }
  await Promise.all(pending)
  return latenciesMs
}
