import type { TrainerProcess } from './trainer-process.ts'

/** Whoever demonstrates something comes back within minutes; after that the memory is worth more than the second that a start takes. */
const IDLE_MS = 10 * 60_000
const START_WITHIN_MS = 120_000

/** A trainer that is started by the first who needs it, and stays for the next ones. */
export interface WarmTrainer {
  /** One that waits for work, or how its start ended. Must be given back by `rest`. */
  take(): Promise<TrainerProcess | { failed: string }>
  rest(): void
  leave(): Promise<void>
}

interface WarmTrainerDeps {
  start: () => Promise<TrainerProcess>
  /** Aborts when there will be no more work: a start under way is not waited for. */
  stopping: AbortSignal
  idleMs?: number
}

export function createWarmTrainer({ start, stopping, idleMs = IDLE_MS }: WarmTrainerDeps): WarmTrainer {
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
    const late = setTimeout(kill, START_WITHIN_MS)
    stopping.addEventListener('abort', kill, { once: true })
    if (stopping.aborted) kill()
    const failed = await Promise.race([trainer.ready.then(() => null), trainer.ended])
    clearTimeout(late)
    stopping.removeEventListener('abort', kill)
    return failed === null ? trainer : { failed }
  }

  return {
    async take() {
      clearTimeout(idle)
      return trainer?.isAlive() ? trainer : await startOne()
    },
    rest() {
      idle = setTimeout(() => void leave(), idleMs)
    },
    async leave() {
      clearTimeout(idle)
      await leave()
    },
  }
}
