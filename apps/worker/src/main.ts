import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openArtifacts, openStore } from '@trainyard/artifacts'
import { ERRORS, ExpectedError } from '@trainyard/contracts'
import { connectRedis } from '@trainyard/jobs'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { z } from 'zod'
import { listGpus } from './gpus/gpu-list.ts'
import { planGpus, usesNoGpu } from './gpus/gpu-plan.ts'
import { startGpuReadings } from './gpus/gpu-readings.ts'
import { createLog } from './process/log.ts'
import { startWorker, type WorkerGpus } from './worker.ts'
import { type GpuSettings, readWorkerConfig } from './config.ts'

const EXIT_TIMEOUT_MS = 28_000
/** The first call of the driver may have to load it. */
const DRIVER_LOAD_TIMEOUT_MS = 30_000
const DRIVER_ANSWER_TIMEOUT_MS = 4000
const apps = path.join(import.meta.dirname, '..', '..')

async function work(): Promise<void> {
  const { redisUrl, store, logLevel, gpuSettings, memoryBytesEach, ...config } = readWorkerConfig(process.env)
  const log = createLog(logLevel)
  const redis = connectRedis(redisUrl, { name: 'trainyard-worker', whenDown: 'wait' })
  logConnection(redis, log)
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(path.join(apps, '..', 'package.json'), 'utf8')))
  const gpus = await gpusFor(gpuSettings)
  const memoryBytes = memoryOf(gpus, { memoryBytesEach, slots: config.slots })
  const worker = await startWorker({
    ...config,
    artifacts: openArtifacts(config.dataFolder, await openStore(store)),
    gpus,
    memoryBytes,
    redis,
    trainerPath: path.join(apps, 'trainer', 'src', 'main.ts'),
    version,
    log,
  })
  process.send?.('started') // to npm start, which then takes an end for an accident
  const leave = leaveOnce(async () => {
    await worker.drain()
    redis.disconnect()
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, leave)
  void worker.drainRequested.then(leave)
}

/** The GPUs that this worker uses; null: none. */
async function gpusFor(settings: GpuSettings): Promise<WorkerGpus | null> {
  if (usesNoGpu(settings)) return null
  const { env } = process
  const hangs = { gpus: [], failure: 'nvidia-smi hangs and cannot even be killed' }
  const late = delay(DRIVER_LOAD_TIMEOUT_MS + DRIVER_ANSWER_TIMEOUT_MS, hangs, { ref: false })
  const plan = planGpus(settings, await Promise.race([listGpus({ env, timeoutMs: DRIVER_LOAD_TIMEOUT_MS }), late]))
  if (!plan) return null
  return { ...plan, readings: startGpuReadings({ gpus: plan.gpus, list: () => listGpus({ env, timeoutMs: DRIVER_ANSWER_TIMEOUT_MS }) }) }
}

interface HostMemory {
  memoryBytesEach: (trainers: number) => number
  slots: number
}

/** What an experiment may use on any of the worker's trainers: of the GPU's memory, and of the host's. */
function memoryOf(gpus: WorkerGpus | null, { memoryBytesEach, slots }: HostMemory): number {
  if (!gpus) return memoryBytesEach(slots)
  return Math.min(memoryBytesEach(gpus.places.length), ...gpus.places.flatMap((place) => place.memoryBytes ?? []))
}

/** Drains when it is first called for; at a signal after that, or when draining takes too long, leaves at once: the lease then runs out. */
function leaveOnce(drain: () => Promise<void>): () => void {
  let leaving = false
  return () => {
    if (leaving) return
    leaving = true
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeAllListeners(signal).once(signal, () => process.exit(1))
    setTimeout(() => process.exit(0), EXIT_TIMEOUT_MS).unref()
    drain().then(() => process.exit(0), fail)
  }
}

/** Logs once that Redis is away, and once that it is back. */
function logConnection(redis: Redis, log: Logger): void {
  let logged: 'away' | 'there' | null = null
  redis.on('close', () => {
    if (logged !== 'away') log.warn('Redis cannot be reached; what runs goes on, and is recorded once Redis is back')
    logged = 'away'
  })
  redis.on('ready', () => {
    if (logged === 'away') log.info('Redis is back')
    logged = 'there'
  })
}

function fail(error: unknown): never {
  const isExpected = error instanceof ExpectedError
  process.stderr.write(`${isExpected ? error.message : `The worker stopped unexpectedly: ${String(error)}`}\n`)
  process.exit(ERRORS[isExpected ? error.code : 'INTERNAL'].exitCode)
}

try {
  await work()
} catch (error) {
  fail(error)
}
