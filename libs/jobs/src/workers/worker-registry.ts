import { CONFIG_VERSION, WorkerInfo } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { DEFAULT_PREFIX, keysOf } from '../redis/keys.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'

const HEARTBEAT_TTL_MS = 15_000
/** A worker that has not received it by then is gone. */
const DRAIN_SECONDS = 3600

export interface WorkerRegistry {
  /** To be called every 5 s; a worker that is silent for 15 s is no longer listed. Answers whether it is to drain. */
  heartbeat(info: Omit<WorkerInfo, 'lastHeartbeatAt'>): Promise<{ drain: boolean }>
  list(): Promise<WorkerInfo[]>
  /** Drains a worker: it receives the command at once, or with its next heartbeat. */
  drain(id: string): Promise<void>
  remove(id: string): Promise<void>
}

export function createWorkerRegistry({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): WorkerRegistry {
  const keys = keysOf(prefix)

  async function heartbeat(info: Omit<WorkerInfo, 'lastHeartbeatAt'>): Promise<{ drain: boolean }> {
    const [seconds] = await redis.time() // the hosts' clocks need not agree
    const worker: WorkerInfo = { ...info, lastHeartbeatAt: new Date(1000 * Number(seconds)).toISOString() }
    await redis.set(keys.worker(info.id), JSON.stringify(worker), 'PX', HEARTBEAT_TTL_MS)
    await redis.sadd(keys.workers, info.id)
    return { drain: (await redis.exists(keys.drain(info.id))) === 1 }
  }

  async function drain(id: string): Promise<void> {
    await redis.set(keys.drain(id), '', 'EX', DRAIN_SECONDS)
    await redis.publish(keys.commandChannel, `drain ${id}`)
  }

  async function list(): Promise<WorkerInfo[]> {
    const ids = (await redis.smembers(keys.workers)).toSorted()
    if (ids.length === 0) return []
    const found = await redis.mget(ids.map(keys.worker))
    const silent = ids.filter((_, i) => found[i] === null)
    if (silent.length > 0) await redis.srem(keys.workers, silent)
    return found.flatMap((text) => (typeof text === 'string' ? [WorkerInfo.parse(JSON.parse(text))] : []))
  }

  async function remove(id: string): Promise<void> {
    await redis.del(keys.worker(id), keys.drain(id))
    await redis.srem(keys.workers, id)
  }

  return {
    heartbeat: (info) => withRedisErrors(() => heartbeat(info)),
    list: () => withRedisErrors(list),
    drain: (id) => withRedisErrors(() => drain(id)),
    remove: (id) => withRedisErrors(() => remove(id)),
  }
}

/** The live workers that take experiments of the pool that are submitted now: an older worker reads only the queues of its own version and of those before. */
export const serving = (workers: readonly WorkerInfo[], pool: string): WorkerInfo[] =>
  workers.filter(
    ({ pools, draining, unhealthyReason, configVersion }) =>
      pools.includes(pool) && !draining && unhealthyReason === null && configVersion >= CONFIG_VERSION,
  )
