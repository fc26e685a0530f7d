import type { Redis } from 'ioredis'
import { StoreFullError } from '../errors.ts'
import { FULL_SHARE, memoryShare } from './redis-info.ts'

const REFRESH_MS = 1000

/** Throws StoreFullError while Redis is nearly full, so that what runs can still end. Asks Redis once a second at most. */
export function createMemoryGuard(redis: Redis): () => Promise<void> {
  let share = 0
  let askedAtMs = -Infinity
  return async () => {
    if (performance.now() - askedAtMs >= REFRESH_MS) {
      share = memoryShare(await redis.info('memory')) ?? 0
      askedAtMs = performance.now()
    }
    if (share >= FULL_SHARE) throw new StoreFullError()
  }
}
