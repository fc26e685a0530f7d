import type { Redis } from 'ioredis'

/** Returns for each id whether it matches. */
export type ListFilter = (ids: readonly string[]) => Promise<boolean[]>

/** Whether each id is in one of the indexes. */
export function isIn(redis: Redis, indexes: readonly string[]): ListFilter {
  return async (ids) => {
    const scores = await Promise.all(indexes.map((key) => redis.zmscore(key, ...ids)))
    return ids.map((_, i) => scores.some((of) => of[i] !== null))
  }
}
