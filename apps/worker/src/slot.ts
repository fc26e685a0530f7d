import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Engine, HeldSplit, WorkerSlot } from '@trainyard/contracts'
import type { AttemptStore, Claim, JobSource } from '@trainyard/jobs'
import type { Logger } from 'pino'
import type { Attempt } from './attempt.ts'
import type { TrainerProcess } from './trainer-process.ts'

const LOOK_EVERY_MS = 100
const LONGEST_PAUSE_MS = 30_000

export interface SlotDeps {
  slot: number
  workerId: string
  source: JobSource
  attempts: AttemptStore
  startTrainer: () => Promise<TrainerProcess>
  startAttempt: (options: { claim: Claim; trainer: TrainerProcess; onHolds: (holds: HeldSplit[]) => void }) => Attempt
  /** Something that the heartbeat tells has changed. */
  onChange: () => void
  log: Logger
  /** Aborts when the worker takes no more jobs. */
  stopping: AbortSignal
}

export interface Slot {
  state(): WorkerSlot
  engine(): Engine | null
  holds(): HeldSplit[]
  attempt(): Attempt | null
  /** Resolves when the slot has ended its work and its trainer has left, after `stopping`. */
  stopped: Promise<void>
}

/** One trainer process and the experiments that it runs, one after another. */
export function startSlot(deps: SlotDeps): Slot {
  const { slot, source, attempts, workerId, log, stopping, onChange } = deps
  let status: WorkerSlot['trainer'] = 'starting'
  let engine: Engine | null = null
  let holds: HeldSplit[] = []
  let attempt: Attempt | null = null

  function become(next: WorkerSlot['trainer']): void {
    status = next
    onChange()
  }

  const pause = (ms: number): Promise<void> => delay(ms, undefined, { signal: stopping }).catch(() => {})
  const aborted = new Promise<null>((resolve) => stopping.addEventListener('abort', () => resolve(null), { once: true }))

  function onHolds(held: HeldSplit[]): void {
    holds = held
    onChange()
  }

  /** Fetches one job and sees it to its end; answers whether there was one. */
  async function serveJob(trainer: TrainerProcess): Promise<boolean> {
    const job = await source.next()
    if (!job) return false
    const claim = await attempts.claim({ id: job.id, dispatch: job.dispatch, token: randomUUID(), workerId })
    if (claim) {
      attempt = deps.startAttempt({ claim, trainer, onHolds })
      if (stopping.aborted) attempt.abort('drain')
      become('busy')
      await attempt.finished
      attempt = null
      become(trainer.isAlive() ? 'idle' : 'restarting')
    }
    await job.done()
    return true
  }

  async function serveWith(trainer: TrainerProcess): Promise<void> {
    become('idle')
    while (!stopping.aborted && trainer.isAlive()) {
      const served = await serveJob(trainer).catch((error: unknown) => {
        log.error({ err: error }, 'fetching a job failed')
        return false
      })
      if (!served) await pause(LOOK_EVERY_MS)
    }
  }

  async function serve(): Promise<void> {
    for (let failures = 0; !stopping.aborted;) {
      const trainer = await deps.startTrainer()
      engine = await Promise.race([trainer.ready, trainer.ended.then(() => null), aborted])
      if (engine) {
        failures = 0
        await serveWith(trainer)
      }
      const wasAlive = trainer.isAlive()
      await trainer.leave()
      if (stopping.aborted) return
      failures += 1
      log.warn({ slot, wasAlive, ended: await trainer.ended }, 'the trainer is replaced')
      holds = []
      become('restarting')
      if (failures > 1) await pause(Math.min(1000 * 2 ** failures, LONGEST_PAUSE_MS))
    }
  }

  return {
    state: () => ({ slot, experimentId: attempt?.id ?? null, trainer: status }),
    engine: () => engine,
    holds: () => holds,
    attempt: () => attempt,
    stopped: serve().catch((error: unknown) => log.error({ err: error, slot }, 'the slot stopped')),
  }
}
