import { writeFile } from 'node:fs/promises'
import { repeat, type Repeated } from './periodic-task.ts'

const EVERY_MS = 5000

interface HealthFileDeps {
  file: string
  /** Why the worker takes no experiments, or null. */
  unhealthyReason: () => string | null
  onError: (error: unknown) => void
}

/**
 * Keeps a file young for as long as the process turns and takes experiments: what a container's health check looks at. An outage of Redis leaves it
 * young, for then what runs goes on and nobody should restart it.
 */
export function keepHealthFile({ file, unhealthyReason, onError }: HealthFileDeps): Repeated {
  const beat = async (): Promise<void> => {
    if (unhealthyReason() === null) await writeFile(file, `${new Date().toISOString()}\n`)
  }
  return repeat({ everyMs: EVERY_MS, work: beat, onError })
}
