import { randomBytes } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import type { Artifacts } from '@trainyard/artifacts'
import {
  createAttemptStore,
  createAttemptWriter,
  createExperimentStore,
  createJobConsumer,
  createWorkerRegistry,
  subscribeToCommands,
  startHousekeeping,
} from '@trainyard/jobs'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { startAttempt } from './attempt/attempt.ts'
import { sweepArtifacts } from './process/artifact-garbage.ts'
import { createCrashRow } from './slots/crash-loop-breaker.ts'
import type { GpuPlan } from './gpus/gpu-plan.ts'
import type { GpuReadings } from './gpus/gpu-readings.ts'
import { keepHealthFile } from './process/health-file.ts'
import { startHeartbeat } from './slots/heartbeat.ts'
import { keepLeases } from './slots/lease-keeper.ts'
import { startRequestSlots } from './requests/request-slots.ts'
import { repeat } from './process/periodic-task.ts'
import { type Slot, type SlotDeps, startSlot } from './slots/slot.ts'
import { openTrainerLedger, type TrainerLedger } from './trainers/trainer-pidfile.ts'
import { startTrainer, type TrainerProcess } from './trainers/trainer-process.ts'

const SWEEP_EVERY_MS = 10 * 60_000

export interface WorkerDeps {
  redis: Redis
  prefix?: string
  dataFolder: string
  artifacts: Artifacts
  pools: readonly string[]
  slots: number
  /** A slot on each of its places then, in place of `slots`. */
  gpus?: WorkerGpus | null
  memoryBytes: number
  /** What checkpoints and models may take of this host's disk. */
  maxDiskBytes?: number | undefined
  /** Kept young while all is well, for a container's health check. */
  healthFile?: string | undefined
  stallMs: number
  growthBytes: number
  trainerPath: string
  trainerEnv: NodeJS.ProcessEnv
  version: string
  log: Logger
}

/** The GPUs that a worker uses, and what is measured of them. */
export interface WorkerGpus extends GpuPlan {
  readings: GpuReadings
}

export interface RunningWorker {
  id: string
  /** Takes no more jobs, gives back what it runs with a checkpoint, and leaves; again: the same. */
  drain(): Promise<void>
  /** Resolves when somebody wants it to drain. */
  drainRequested: Promise<void>
}

/** Takes experiments from its pools and has them trained, one per slot. */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  const { redis, dataFolder, artifacts, pools, memoryBytes, version } = deps
  const id = `${os.hostname()}-${randomBytes(3).toString('hex')}`
  const log = deps.log.child({ workerId: id })
  const onError = (error: unknown): void => log.warn({ err: error }, 'background work failed')
  const shared = { redis, ...(deps.prefix !== undefined && { prefix: deps.prefix }) }
  const ledger = await openTrainerLedger({ folder: path.join(dataFolder, 'trainers'), workerId: id })
  const stopping = new AbortController()
  const draining = () => stopping.signal.aborted
  const drainRequested = Promise.withResolvers<void>()
  const crashes = createCrashRow()
  const slots: Slot[] = []
  const running = () => slots.flatMap((slot) => slot.attempt() ?? [])
  const unhealthyReason = () => crashes.unhealthyReason() ?? faultOfAll(slots)

  const source = createJobConsumer({ ...shared, pools, onError })
  const attempts = createAttemptStore(shared)
  const registry = createWorkerRegistry(shared)
  const worker = { id, version, pools: [...pools], memoryBytes }
  const heartbeat = startHeartbeat({
    ...{ registry, worker, slots: () => slots, draining, onError },
    gpus: () => deps.gpus?.readings.now() ?? [],
    unhealthyReason,
    onDrainRequested: () => drainRequested.resolve(),
  })
  const health = deps.healthFile === undefined ? null : keepHealthFile({ file: deps.healthFile, unhealthyReason, onError })
  const slotDeps = {
    ...{ workerId: id, source, attempts, crashes, growthBytes: deps.growthBytes, log, stopping: stopping.signal },
    onChange: () => heartbeat.now(),
    startAttempt: createAttemptStarter({ ...deps, log }),
  }
  const places = deps.gpus?.places ?? Array.from({ length: deps.slots }, () => ({ gpu: null, env: {} }))
  for (const [slot, { gpu, env }] of places.entries()) {
    const startOnPlace = () => startNotedTrainer({ ...deps, trainerEnv: { ...deps.trainerEnv, ...env }, log, ledger, onError })
    slots.push(startSlot({ ...slotDeps, slot, gpu, startTrainer: startOnPlace }))
  }
  const startCpuTrainer = () => startNotedTrainer({ ...deps, trainerEnv: onCpu(deps.trainerEnv), log, ledger, onError })
  const questions = startRequestSlots({ ...shared, artifacts, startTrainer: startCpuTrainer, log, onError, stopping: stopping.signal })
  const leases = keepLeases({ attempts, running, onError })
  const wishes = subscribeToCommands({
    ...shared,
    onCommand: ({ what, id: whose }) => {
      if (what !== 'drain')
        running()
          .find((attempt) => attempt.id === whose)
          ?.abort(what)
      else if (whose === id) drainRequested.resolve()
    },
  })
  const housekeeping = startHousekeeping({ ...shared, onError })
  const sweeping = repeat({ everyMs: SWEEP_EVERY_MS, work: artifactSweep({ ...deps, log }), onError })
  log.info({ pools, slots: slots.length, memoryBytes }, 'the worker takes experiments')

  async function drain(): Promise<void> {
    stopping.abort()
    log.info('the worker drains')
    heartbeat.now()
    for (const attempt of running()) attempt.abort('drain')
    await Promise.all([...slots.map((slot) => slot.stopped), questions.stopped])
    await Promise.all([leases.stop(), heartbeat.stop()])
    deps.gpus?.readings.stop()
    wishes.close()
    await Promise.all([housekeeping.stop(), sweeping.stop(), health?.stop()])
    await Promise.all([source.close(), questions.close()])
    await registry.remove(id)
    await ledger.close()
    log.info('the worker has left')
  }
  let drained: Promise<void> | null = null
  return { id, drain: () => (drained ??= drain()), drainRequested: drainRequested.promise }
}

type Work = Pick<WorkerDeps, 'redis' | 'prefix' | 'artifacts' | 'stallMs' | 'maxDiskBytes' | 'log'>

function createAttemptStarter({ redis, prefix, artifacts, stallMs, log }: Work): SlotDeps['startAttempt'] {
  const shared = { redis, ...(prefix !== undefined && { prefix }) }
  const store = createExperimentStore(shared)
  return ({ claim, trainer, onCachedSplits }) => {
    const writer = createAttemptWriter({ ...shared, claim })
    const child = log.child({ experimentId: claim.experiment.id, attempt: claim.attempt })
    return startAttempt({ claim, trainer, writer, artifacts, store, stallMs, log: child, onCachedSplits })
  }
}

function artifactSweep({ redis, prefix, artifacts, maxDiskBytes, log }: Work): () => Promise<void> {
  const store = createExperimentStore({ redis, ...(prefix !== undefined && { prefix }) })
  return () => sweepArtifacts({ artifacts, store, maxBytes: maxDiskBytes, log })
}

/** Questions never take a GPU from training. */
const onCpu = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...env, TRAINYARD_ENGINE: 'cpu', CUDA_VISIBLE_DEVICES: '-1' })

/** Where no trainer can load its engine, the first one's reason. */
function faultOfAll(slots: readonly Slot[]): string | null {
  const faults = slots.map((slot) => slot.fault())
  return faults.every((fault) => fault !== null) ? (faults[0] ?? null) : null
}

async function startNotedTrainer(
  options: Pick<WorkerDeps, 'trainerPath' | 'trainerEnv' | 'log'> & { ledger: TrainerLedger; onError: (error: unknown) => void },
): Promise<TrainerProcess> {
  const { trainerPath, trainerEnv, log, ledger, onError } = options
  const trainer = startTrainer({ path: trainerPath, env: trainerEnv, log })
  // what cannot be noted, on a full disk, must not cost the slot
  await ledger.add(trainer.pid).catch(onError)
  void trainer.ended.then(() => ledger.remove(trainer.pid)).catch(onError)
  return trainer
}
