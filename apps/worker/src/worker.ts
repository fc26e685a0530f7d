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
import { collectArtifactGarbage } from './process/artifact-garbage.ts'
import { createCrashLoopBreaker } from './slots/crash-loop-breaker.ts'
import type { GpuPlan } from './gpus/gpu-plan.ts'
import type { GpuReadings } from './gpus/gpu-readings.ts'
import { startHealthFile } from './process/health-file.ts'
import { startHeartbeat } from './slots/heartbeat.ts'
import { startLeaseKeeper } from './slots/lease-keeper.ts'
import { startRequestSlots } from './requests/request-slots.ts'
import { startPeriodicTask } from './process/periodic-task.ts'
import { type Slot, type SlotDeps, startSlot } from './slots/slot.ts'
import { openTrainerPidfile, type TrainerPidfile } from './trainers/trainer-pidfile.ts'
import { startTrainer, type TrainerProcess } from './trainers/trainer-process.ts'

const GARBAGE_INTERVAL_MS = 10 * 60_000

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
  /** Takes no more jobs, requeues what it runs with a checkpoint, and exits. A second call is the same drain. */
  drain(): Promise<void>
  /** Resolves when a drain of this worker is requested. */
  drainRequested: Promise<void>
}

/** Takes experiments from its pools and has them trained, one per slot. */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  const { redis, dataFolder, artifacts, pools, memoryBytes, version } = deps
  const id = `${os.hostname()}-${randomBytes(3).toString('hex')}`
  const log = deps.log.child({ workerId: id })
  const onError = (error: unknown): void => log.warn({ err: error }, 'background work failed')
  const shared = { redis, ...(deps.prefix !== undefined && { prefix: deps.prefix }) }
  const pidfile = await openTrainerPidfile({ folder: path.join(dataFolder, 'trainers'), workerId: id })
  const stopping = new AbortController()
  const draining = () => stopping.signal.aborted
  const drainRequested = Promise.withResolvers<void>()
  const crashes = createCrashLoopBreaker()
  const slots: Slot[] = []
  const running = () => slots.flatMap((slot) => slot.attempt() ?? [])
  const unhealthyReason = () => crashes.unhealthyReason() ?? faultOfAll(slots)

  const consumer = createJobConsumer({ ...shared, pools, onError })
  const attempts = createAttemptStore(shared)
  const registry = createWorkerRegistry(shared)
  const worker = { id, version, pools: [...pools], memoryBytes }
  const heartbeat = startHeartbeat({
    ...{ registry, worker, slots: () => slots, draining, onError },
    gpus: () => deps.gpus?.readings.now() ?? [],
    unhealthyReason,
    onDrainRequested: () => drainRequested.resolve(),
  })
  const health = deps.healthFile === undefined ? null : startHealthFile({ file: deps.healthFile, unhealthyReason, onError })
  const slotDeps = {
    ...{ workerId: id, consumer, attempts, crashes, growthBytes: deps.growthBytes, log, stopping: stopping.signal },
    onChange: () => heartbeat.now(),
    startAttempt: createAttemptStarter({ ...deps, log }),
  }
  const places = deps.gpus?.places ?? Array.from({ length: deps.slots }, () => ({ gpu: null, env: {} }))
  for (const [slot, { gpu, env }] of places.entries()) {
    const startOnPlace = () => startRecordedTrainer({ ...deps, trainerEnv: { ...deps.trainerEnv, ...env }, log, pidfile, onError })
    slots.push(startSlot({ ...slotDeps, slot, gpu, startTrainer: startOnPlace }))
  }
  const startCpuTrainer = () => startRecordedTrainer({ ...deps, trainerEnv: onCpu(deps.trainerEnv), log, pidfile, onError })
  const requestSlots = startRequestSlots({ ...shared, artifacts, startTrainer: startCpuTrainer, log, onError, stopping: stopping.signal })
  const leases = startLeaseKeeper({ attempts, running, onError })
  const commands = subscribeToCommands({
    ...shared,
    onCommand: ({ what, id: target }) => {
      if (what !== 'drain')
        running()
          .find((attempt) => attempt.id === target)
          ?.abort(what)
      else if (target === id) drainRequested.resolve()
    },
  })
  const housekeeping = startHousekeeping({ ...shared, onError })
  const garbageCollection = startPeriodicTask({ intervalMs: GARBAGE_INTERVAL_MS, work: garbageCollector({ ...deps, log }), onError })
  log.info({ pools, slots: slots.length, memoryBytes }, 'the worker takes experiments')

  async function drain(): Promise<void> {
    stopping.abort()
    log.info('the worker drains')
    heartbeat.now()
    for (const attempt of running()) attempt.abort('drain')
    await Promise.all([...slots.map((slot) => slot.stopped), requestSlots.stopped])
    await Promise.all([leases.stop(), heartbeat.stop()])
    deps.gpus?.readings.stop()
    commands.close()
    await Promise.all([housekeeping.stop(), garbageCollection.stop(), health?.stop()])
    await Promise.all([consumer.close(), requestSlots.close()])
    await registry.remove(id)
    await pidfile.close()
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

function garbageCollector({ redis, prefix, artifacts, maxDiskBytes, log }: Work): () => Promise<void> {
  const store = createExperimentStore({ redis, ...(prefix !== undefined && { prefix }) })
  return () => collectArtifactGarbage({ artifacts, store, maxBytes: maxDiskBytes, log })
}

/** Interactive requests take no GPU from training. */
const onCpu = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...env, TRAINYARD_ENGINE: 'cpu', CUDA_VISIBLE_DEVICES: '-1' })

/** Where no trainer can load its engine, the first one's reason. */
function faultOfAll(slots: readonly Slot[]): string | null {
  const faults = slots.map((slot) => slot.fault())
  return faults.every((fault) => fault !== null) ? (faults[0] ?? null) : null
}

async function startRecordedTrainer(
  options: Pick<WorkerDeps, 'trainerPath' | 'trainerEnv' | 'log'> & { pidfile: TrainerPidfile; onError: (error: unknown) => void },
): Promise<TrainerProcess> {
  const { trainerPath, trainerEnv, log, pidfile, onError } = options
  const trainer = startTrainer({ path: trainerPath, env: trainerEnv, log })
  // a pid that cannot be written down, on a full disk, must not cost the slot
  await pidfile.add(trainer.pid).catch(onError)
  void trainer.ended.then(() => pidfile.remove(trainer.pid)).catch(onError)
  return trainer
}
