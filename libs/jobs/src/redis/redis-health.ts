import type { Readiness } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { RedisUnavailableError } from '../errors.ts'
import { withRedisErrors } from './redis-errors.ts'
import { FULL_SHARE, infoField, memoryShare } from './redis-info.ts'

/** What `/readyz` needs to know of Redis: reachable, never evicting, not full; a missing append-only file is a warning. Never throws. */
export async function redisHealth(redis: Redis): Promise<Readiness> {
  try {
    return readinessFrom(await withRedisErrors(() => redis.info()))
  } catch (error) {
    const detail = error instanceof RedisUnavailableError ? error.message : 'Redis refuses the INFO command; allow it to this user'
    return { ready: false, checks: [{ name: 'redis', ok: false, detail }], warnings: [] }
  }
}

function readinessFrom(info: string): Readiness {
  const policy = infoField(info, 'maxmemory_policy')
  const share = memoryShare(info) ?? 0
  const checks = [
    { name: 'redis', ok: true, detail: `Redis ${infoField(info, 'redis_version') ?? 'of unknown version'} answers` },
    {
      name: 'redis-eviction',
      ok: policy === 'noeviction',
      detail:
        policy === 'noeviction' ? 'nothing is evicted' : `maxmemory-policy is ${policy}, which loses experiments; set it to noeviction`,
    },
    { name: 'redis-memory', ok: share < FULL_SHARE, detail: `${Math.round(share * 100)} % of maxmemory is used` },
  ]
  const warnings =
    infoField(info, 'aof_enabled') === '1'
      ? []
      : ['Redis writes no append-only file: experiments are lost when it stops; set appendonly to yes']
  return { ready: checks.every(({ ok }) => ok), checks, warnings }
}
