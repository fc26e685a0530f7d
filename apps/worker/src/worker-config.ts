import os from 'node:os'
import path from 'node:path'
import { StoreEnv, storeSettings } from '@trainyard/artifacts'
import { EnvironmentError, TRAINER_ENVIRONMENT } from '@trainyard/contracts'
import { z } from 'zod'

/** What an experiment may use of the memory there is; the rest is the system's and this process's. */
const MEMORY_SHARE = 0.8

const WorkerEnv = z.object({
  ...StoreEnv.shape,
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// address' }).default('redis://127.0.0.1:6379'),
  TRAINYARD_DATA: z
    .string()
    .min(1)
    .default(path.join(os.homedir(), '.local', 'share', 'trainyard')),
  TRAINYARD_POOLS: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}(,[a-z0-9][a-z0-9-]{0,39})*$/, 'must be names of 1 to 40 of a-z, 0-9 and "-", with commas between')
    .default('default'),
  TRAINYARD_SLOTS: z.coerce.number().int().min(1).max(64).default(1),
  TRAINYARD_MEMORY_BYTES: z.coerce.number().int().positive().optional(),
  TRAINYARD_MAX_DISK_BYTES: z.coerce.number().int().positive().optional(),
  TRAINYARD_STALL_SECONDS: z.coerce.number().int().min(10).default(120),
  TRAINYARD_TRAINER_GROWTH_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(2 ** 31),
  FLOWERS102_ROOT: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

export function readWorkerConfig(env: NodeJS.ProcessEnv) {
  const parsed = WorkerEnv.safeParse(env)
  if (!parsed.success) throw new EnvironmentError(parsed.error)
  const { REDIS_URL, TRAINYARD_DATA, TRAINYARD_POOLS, TRAINYARD_SLOTS: slots, TRAINYARD_MEMORY_BYTES, LOG_LEVEL } = parsed.data
  // The trainer gets the environment as it is, but not the ways into Redis and into the store.
  const inherited = Object.fromEntries(Object.entries(env).filter(([name]) => !/^(REDIS_URL$|AWS_|TRAINYARD_(ARTIFACTS|S3_))/.test(name)))
  return {
    redisUrl: REDIS_URL,
    dataFolder: TRAINYARD_DATA,
    store: storeSettings(parsed.data),
    pools: [...new Set(TRAINYARD_POOLS.split(','))],
    slots,
    maxDiskBytes: parsed.data.TRAINYARD_MAX_DISK_BYTES,
    stallMs: 1000 * parsed.data.TRAINYARD_STALL_SECONDS,
    growthBytes: parsed.data.TRAINYARD_TRAINER_GROWTH_BYTES,
    memoryBytes: TRAINYARD_MEMORY_BYTES ?? Math.floor((MEMORY_SHARE * usableMemoryBytes()) / slots),
    trainerEnv: { ...TRAINER_ENVIRONMENT, ...inherited, TRAINYARD_DATA },
    logLevel: LOG_LEVEL,
  }
}

/** The machine's memory, or the container's limit where that is lower. */
function usableMemoryBytes(): number {
  const limitBytes = process.constrainedMemory()
  return limitBytes > 0 ? Math.min(limitBytes, os.totalmem()) : os.totalmem()
}
