import { randomInt } from 'node:crypto'
import type { Redis } from 'ioredis'

/** Ids made in one microsecond differ by this. */
export const randomSuffix = (): string =>
  randomInt(36 ** 6)
    .toString(36)
    .padStart(6, '0')

/** The newest id of an index, or undefined. */
export async function latestIn(redis: Redis, index: string): Promise<string | undefined> {
  const [latest] = await redis.zrange(index, '+', '-', 'BYLEX', 'REV', 'LIMIT', 0, 1)
  return latest
}

/** The first two ids of an index that begin so: enough to know whether there is only one. */
export const idsWithPrefix = (redis: Redis, { index, beginning }: { index: string; beginning: string }): Promise<string[]> =>
  redis.zrange(index, `[${beginning}`, `[${beginning}\u007f`, 'BYLEX', 'LIMIT', 0, 2)
