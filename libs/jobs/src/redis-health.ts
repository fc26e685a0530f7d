import type { Readiness } from '@trainyard/contracts'
import type { Redis } from 'ioredis'

/** What `/readyz` needs to know of Redis: reachable, never evicting, not full; a missing append-only file is a warning. Never throws. */
export function redisHealth(_redis: Redis): Promise<Readiness> {
  throw new Error('not written yet')
}
