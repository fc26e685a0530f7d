import { setTimeout as pause } from 'node:timers/promises'

/** Calls `check` until it no longer throws; then its answer. After `timeoutMs` its last error. */
export async function poll<T>(
  check: () => T | Promise<T>,
  { timeoutMs, everyMs = 100 }: { timeoutMs: number; everyMs?: number },
): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > end) throw error
    }
    await pause(everyMs)
  }
}
