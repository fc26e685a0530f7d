import type { TrainerProcess } from './trainer-process.ts'

/** Interactive requests come in bursts; after this the memory is worth more than the second that a start takes. */
const IDLE_MS = 10 * 60_000
const START_TIMEOUT_MS = 120_000

/** A trainer that is started when it is first acquired, and stays for the next requests. */
export interface IdleTrainer {
  /** One that waits for work, or how its start ended. Return it with `release`. */
  acquire(): Promise<TrainerProcess | { failed: string }>
  release(): void
  leave(): Promise<void>
}

interface IdleTrainerDeps {
  start: () => Promise<TrainerProcess>
  /** Aborts when there will be no more work: a start under way is not waited for. */
  stopping: AbortSignal
  idleMs?: number
}

export function createIdleTrainer({ start, stopping, idleMs = IDLE_MS }: IdleTrainerDeps): IdleTrainer {
  let trainer: TrainerProcess | null = null
  let idle: NodeJS.Timeout | undefined

  async function leave(): Promise<void> {
    const leaving = trainer
    trainer = null
    await leaving?.leave()
  }

  async function startOne(): Promise<TrainerProcess | { failed: string }> {
    trainer = await start()
    const kill = (): void => trainer?.kill()
    const late = setTimeout(kill, START_TIMEOUT_MS)
    stopping.addEventListener('abort', kill, { once: true })
    if (stopping.aborted) kill()
    const failed = await Promise.race([trainer.ready.then(() => null), trainer.ended])
    clearTimeout(late)
    stopping.removeEventListener('abort', kill)
    return failed === null ? trainer : { failed }
  }

  return {
    async acquire() {
      clearTimeout(idle)
      return trainer?.isAlive() ? trainer : await startOne()
    },
    release() {
      idle = setTimeout(() => void leave(), idleMs)
    },
    async leave() {
      clearTimeout(idle)
      await leave()
    },
  }
}
