import { WorkerInfo } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { DEFAULT_PREFIX, keysOf } from './keys.ts'
import { reaching } from './redis-errors.ts'

const ALIVE_FOR_MS = 15_000

export interface WorkerRegistry {
  /** To be called every 5 s; a worker that is silent for 15 s is no longer listed. */
  heartbeat(info: Omit<WorkerInfo, 'lastHeartbeatAt'>): Promise<void>
  list(): Promise<WorkerInfo[]>
  remove(id: string): Promise<void>
}

export function createWorkerRegistry({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): WorkerRegistry {
  const keys = keysOf(prefix)

  async function heartbeat(info: Omit<WorkerInfo, 'lastHeartbeatAt'>): Promise<void> {
    const worker: WorkerInfo = { ...info, lastHeartbeatAt: new Date().toISOString() }
    await redis.set(keys.worker(info.id), JSON.stringify(worker), 'PX', ALIVE_FOR_MS)
    await redis.sadd(keys.workers, info.id)
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
    await redis.del(keys.worker(id))
    await redis.srem(keys.workers, id)
  }

  return {
    heartbeat: (info) => reaching(() => heartbeat(info)),
    list: () => reaching(list),
    remove: (id) => reaching(() => remove(id)),
  }
}
