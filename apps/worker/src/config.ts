import os from 'node:os'
import path from 'node:path'
import { StoreEnv, storeSettings } from '@trainyard/artifacts'
import { EngineSettings, EnvironmentError } from '@trainyard/contracts'
import { TRAINER_ENVIRONMENT } from './process/trainer-environment.ts'
import { RedisEnv, redisUrlOf } from '@trainyard/jobs'
import { z } from 'zod'

/** What an experiment may use of the memory there is; the rest is the system's and this process's. */
const MEMORY_SHARE = 0.8

const WorkerEnv = z.object({
  ...RedisEnv.shape,
  ...StoreEnv.shape,
  TRAINYARD_DATA: z
    .string()
    .min(1)
    .default(path.join(os.homedir(), '.local', 'share', 'trainyard')),
  TRAINYARD_POOLS: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}(,[a-z0-9][a-z0-9-]{0,39})*$/, 'must be names of 1 to 40 of a-z, 0-9 and "-", with commas between')
    .default('default'),
  TRAINYARD_SLOTS: z.coerce.number().int().min(1).max(64).optional(),
  ...EngineSettings.shape,
  TRAINYARD_GPUS: z
    .string()
    .regex(/^(all|none|\d+(,\d+)*)$/, 'must be all, none, or indices of GPUs with commas between')
    .optional(),
  TRAINYARD_TRAINERS_PER_GPU: z.coerce.number().int().min(1).max(16).default(1),
  TRAINYARD_MEMORY_BYTES: z.coerce.number().int().positive().optional(),
  TRAINYARD_MAX_DISK_BYTES: z.coerce.number().int().positive().optional(),
  TRAINYARD_STALL_SECONDS: z.coerce.number().int().min(10).default(120),
  TRAINYARD_TRAINER_GROWTH_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(2 ** 31),
  TRAINYARD_HEALTH_FILE: z.string().min(1).optional(),
  FLOWERS102_ROOT: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/** What the worker is to use of the host's GPUs. */
export interface GpuSettings {
  engine: 'auto' | 'cpu' | 'gpu'
  /** null: not set. */
  gpus: 'all' | 'none' | number[] | null
  trainersPerGpu: number
  /** For TensorFlow in each trainer. */
  gpuMemoryBytes: number | null
  /** CUDA_VISIBLE_DEVICES as the worker was started with. */
  visible: string | null
  /** Whether TRAINYARD_SLOTS was set. */
  slotsSet: boolean
}

export function readWorkerConfig(env: NodeJS.ProcessEnv) {
  const parsed = WorkerEnv.safeParse(env)
  if (!parsed.success) throw new EnvironmentError(parsed.error)
  const { TRAINYARD_DATA, TRAINYARD_POOLS, TRAINYARD_SLOTS: slots = 1, TRAINYARD_MEMORY_BYTES, LOG_LEVEL } = parsed.data
  // The trainer gets the environment as it is, but not the ways into Redis and into the store.
  const inherited = Object.fromEntries(Object.entries(env).filter(([name]) => !/^(REDIS_|AWS_|TRAINYARD_(ARTIFACTS|S3_))/.test(name)))
  return {
    redisUrl: redisUrlOf(parsed.data),
    dataFolder: TRAINYARD_DATA,
    store: storeSettings(parsed.data),
    pools: [...new Set(TRAINYARD_POOLS.split(','))],
    slots,
    maxDiskBytes: parsed.data.TRAINYARD_MAX_DISK_BYTES,
    healthFile: parsed.data.TRAINYARD_HEALTH_FILE,
    stallMs: 1000 * parsed.data.TRAINYARD_STALL_SECONDS,
    growthBytes: parsed.data.TRAINYARD_TRAINER_GROWTH_BYTES,
    /** What one experiment may use of the host's memory where this many run at a time. */
    memoryBytesEach: (trainers: number) => TRAINYARD_MEMORY_BYTES ?? Math.floor((MEMORY_SHARE * usableMemoryBytes()) / trainers),
    gpuSettings: gpuSettingsIn(parsed.data, env['CUDA_VISIBLE_DEVICES']),
    trainerEnv: { ...TRAINER_ENVIRONMENT, ...inherited, TRAINYARD_DATA, ...engineOf(parsed.data) },
    logLevel: LOG_LEVEL,
  }
}

/** A trainer without a GPU of its own must not look for one where its worker is set to use none. */
const engineOf = ({ TRAINYARD_GPUS, TRAINYARD_ENGINE }: z.infer<typeof WorkerEnv>) => ({
  TRAINYARD_ENGINE: TRAINYARD_GPUS === 'none' ? 'cpu' : TRAINYARD_ENGINE,
})

function gpuSettingsIn(parsed: z.infer<typeof WorkerEnv>, visible: string | undefined): GpuSettings {
  const { TRAINYARD_GPUS: gpus, TRAINYARD_ENGINE: engine, TRAINYARD_TRAINERS_PER_GPU: trainersPerGpu } = parsed
  return {
    ...{ engine, trainersPerGpu, visible: visible ?? null, slotsSet: parsed.TRAINYARD_SLOTS !== undefined },
    gpus: gpus === 'all' || gpus === 'none' ? gpus : (gpus?.split(',').map(Number) ?? null),
    gpuMemoryBytes: parsed.TRAINYARD_GPU_MEMORY_BYTES ?? null,
  }
}

/** The machine's memory, or the container's limit where that is lower. */
function usableMemoryBytes(): number {
  const limitBytes = process.constrainedMemory()
  return limitBytes > 0 ? Math.min(limitBytes, os.totalmem()) : os.totalmem()
}
