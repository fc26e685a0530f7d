import { writeFile } from 'node:fs/promises'
import { type PeriodicTask, startPeriodicTask } from './periodic-task.ts'

const INTERVAL_MS = 5000

interface HealthFileDeps {
  file: string
  /** Why the worker takes no experiments, or null. */
  unhealthyReason: () => string | null
  onError: (error: unknown) => void
}

/**
 * Keeps a file young for as long as the process turns and takes experiments: what a container's health check looks at. An outage of Redis leaves it
 * young, since what runs goes on and a restart would end it.
 */
export function startHealthFile({ file, unhealthyReason, onError }: HealthFileDeps): PeriodicTask {
  const beat = async (): Promise<void> => {
    if (unhealthyReason() === null) await writeFile(file, `${new Date().toISOString()}\n`)
  }
  return startPeriodicTask({ intervalMs: INTERVAL_MS, work: beat, onError })
}
