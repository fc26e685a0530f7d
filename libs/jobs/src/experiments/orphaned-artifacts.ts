import type { Redis } from 'ioredis'
import type { keysOf } from '../redis/keys.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'

/** After this time every worker has seen the deletion. */
const DELETED_TTL_MS = 30 * 24 * 3600 * 1000

/** What Redis knows of files that no experiment needs any more. */
export interface OrphanedArtifacts {
  /** Of experiments that were deleted within the last month: any host may hold files of theirs. */
  deleted(): Promise<Set<string>>
  /** The experiment of each initial checkpoint, by its token. */
  starts(): Promise<Map<string, string>>
  /** The initial checkpoint's files are gone. */
  removeStart(token: string): Promise<void>
  /** The files that an ended experiment retained are gone. */
  clearRetained(id: string): Promise<void>
}

export function createOrphanedArtifacts({ redis, keys }: { redis: Redis; keys: ReturnType<typeof keysOf> }): OrphanedArtifacts {
  return {
    deleted: () =>
      withRedisErrors(async () => {
        const [seconds] = await redis.time()
        await redis.zremrangebyscore(keys.deleted, '-inf', `${1000 * Number(seconds) - DELETED_TTL_MS}`)
        return new Set(await redis.zrange(keys.deleted, '0', '-1'))
      }),
    starts: () => withRedisErrors(async () => new Map(Object.entries(await redis.hgetall(keys.initialCheckpoints)))),
    removeStart: (token) => withRedisErrors(async () => void (await redis.hdel(keys.initialCheckpoints, token))),
    clearRetained: (id) => withRedisErrors(async () => void (await redis.hdel(keys.record(id), 'model', 'checkpoint', 'checkpointBefore'))),
  }
}
