import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Engine, CachedSplit, TrainingSpeed, WorkerSlot } from '@trainyard/contracts'
import type { AttemptStore, Claim, JobConsumer } from '@trainyard/jobs'
import type { Logger } from 'pino'
import type { Attempt } from '../attempt/attempt.ts'
import type { CrashLoopBreaker } from './crash-loop-breaker.ts'
import type { TrainerProcess } from '../trainers/trainer-process.ts'

const FETCH_RETRY_MS = 1000
const MAX_PAUSE_MS = 30_000

export interface SlotDeps {
  slot: number
  /** The index of its trainer's GPU. */
  gpu: number | null
  workerId: string
  consumer: JobConsumer
  attempts: AttemptStore
  startTrainer: () => Promise<TrainerProcess>
  startAttempt: (options: { claim: Claim; trainer: TrainerProcess; onCachedSplits: (cachedSplits: CachedSplit[]) => void }) => Attempt
  /** Whether the worker is at fault itself. */
  crashes: CrashLoopBreaker
  /** A trainer is replaced that keeps this much more memory than after its leanest run. */
  growthBytes: number
  /** Something that the heartbeat reports has changed. */
  onChange: () => void
  log: Logger
  /** Aborts when the worker takes no more jobs. */
  stopping: AbortSignal
}

export interface Slot {
  state(): WorkerSlot
  engine(): Engine | null
  /** Why its trainer could not load an engine when it was last started. */
  fault(): string | null
  speed(): TrainingSpeed | null
  cachedSplits(): CachedSplit[]
  attempt(): Attempt | null
  /** Resolves when the slot has ended its work and its trainer has left, after `stopping`. */
  stopped: Promise<void>
}

/** One trainer process and the experiments that it runs, one after another. */
export function startSlot(deps: SlotDeps): Slot {
  const { slot, consumer, attempts, workerId, crashes, growthBytes, log, stopping, onChange } = deps
  let status: WorkerSlot['trainer'] = 'starting'
  let engine: Engine | null = null
  let fault: string | null = null
  let current: TrainerProcess | null = null
  let speed: TrainingSpeed | null = null
  let cachedSplits: CachedSplit[] = []
  let attempt: Attempt | null = null

  function become(next: WorkerSlot['trainer']): void {
    status = next
    onChange()
  }

  const pause = (ms: number): Promise<void> => delay(ms, undefined, { signal: stopping }).catch(() => {})
  const aborted = new Promise<null>((resolve) => stopping.addEventListener('abort', () => resolve(null), { once: true }))

  function onCachedSplits(splits: CachedSplit[]): void {
    cachedSplits = splits
    onChange()
  }

  /** Fetches one job and sees it to its end; null: there was none. */
  async function serveJob(trainer: TrainerProcess): Promise<{ rssBytes: number | null } | null> {
    const job = crashes.unhealthyReason() === null ? await consumer.next() : null
    if (!job) return null
    let rssBytes: number | null = null
    const claim = await attempts.claim({ id: job.id, dispatch: job.dispatch, token: randomUUID(), workerId })
    if (claim) {
      attempt = deps.startAttempt({ claim, trainer, onCachedSplits })
      if (stopping.aborted) attempt.abort('drain')
      become('busy')
      const outcome = await attempt.finished
      attempt = null
      rssBytes = outcome.rssBytes
      noteCrash(claim.experiment.id, outcome)
      become(trainer.isAlive() ? 'idle' : 'restarting')
    }
    await job.done()
    return { rssBytes }
  }

  function noteCrash(id: string, { crashed }: { crashed: boolean }): void {
    const before = crashes.unhealthyReason()
    crashes.ended(id, { crashed })
    const why = crashes.unhealthyReason()
    if (before === null && why !== null) log.error({ slot }, `the worker takes no more experiments. ${why}`)
  }

  async function serveWith(trainer: TrainerProcess): Promise<void> {
    become('idle')
    const gone = new AbortController()
    void trainer.ended.then(() => gone.abort())
    const interrupt = AbortSignal.any([stopping, gone.signal])
    let leanestBytes = Infinity
    while (!interrupt.aborted) {
      const served = await serveOrWait(trainer, interrupt)
      const rssBytes = served?.rssBytes ?? 0
      if (rssBytes > leanestBytes + growthBytes) return log.warn({ slot, rssBytes, leanestBytes }, 'the trainer has grown too large')
      if (rssBytes > 0) leanestBytes = Math.min(leanestBytes, rssBytes)
    }
  }

  async function serveOrWait(trainer: TrainerProcess, interrupt: AbortSignal) {
    try {
      const served = await serveJob(trainer)
      if (served) return served
      if (crashes.unhealthyReason() === null) await consumer.wait(interrupt)
      else await once(interrupt, 'abort')
    } catch (error) {
      log.error({ err: error }, 'fetching a job failed')
      await pause(FETCH_RETRY_MS)
    }
    return null
  }

  async function serve(): Promise<void> {
    for (let failures = 0; !stopping.aborted;) {
      const trainer = await deps.startTrainer()
      current = trainer
      engine = await Promise.race([trainer.ready, trainer.ended.then(() => null), aborted])
      if (engine) {
        failures = 0
        fault = null
        await serveWith(trainer)
      }
      const wasAlive = trainer.isAlive()
      fault = trainer.fault()
      await trainer.leave()
      if (stopping.aborted) return
      failures += 1
      log.warn({ slot, wasAlive, ended: await trainer.ended }, 'the trainer is replaced')
      cachedSplits = []
      become('restarting')
      if (failures > 1) await pause(Math.min(1000 * 2 ** failures, MAX_PAUSE_MS))
    }
  }

  return {
    state: () => ({ slot, experimentId: attempt?.id ?? null, trainer: status, gpu: deps.gpu }),
    engine: () => engine,
    fault: () => fault,
    speed: () => (speed = current?.speed() ?? speed),
    cachedSplits: () => cachedSplits,
    attempt: () => attempt,
    stopped: serve().catch((error: unknown) => log.error({ err: error, slot }, 'the slot stopped')),
  }
}
