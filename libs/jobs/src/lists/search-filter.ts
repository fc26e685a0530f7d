import type { Redis } from 'ioredis'
import type { keysOf } from '../redis/keys.ts'
import { isIn, type ListFilter } from './list-filter.ts'
import { wordsOf } from './search-terms.ts'

/** Beyond so many words that begin alike their indexes cost more than to look at the entries themselves. */
const MOST_INDEXES = 64

interface WordFilter {
  /** Together these hold all entries that have such a word; null: too many words begin so. */
  indexes: string[] | null
  filter: ListFilter
}

/** For each word of `q`: the entries whose name or tags have a word that begins with it. */
export async function wordFilters(deps: { redis: Redis; keys: ReturnType<typeof keysOf>; q: string }): Promise<WordFilter[]> {
  const { redis, keys, q } = deps
  return Promise.all(
    wordsOf(q).map(async (beginning) => {
      const words = await redis.zrange(keys.terms, `[${beginning}`, `[${beginning}\u{10ffff}`, 'BYLEX', 'LIMIT', 0, MOST_INDEXES + 1)
      if (words.length > MOST_INDEXES) return { indexes: null, filter: hasWord(deps, beginning) }
      const indexes = words.map(keys.term)
      return { indexes, filter: indexes.length === 0 ? async (ids) => ids.map(() => false) : isIn(redis, indexes) }
    }),
  )
}

/** Whether each entry has such a word, by its record. */
function hasWord({ redis, keys }: { redis: Redis; keys: ReturnType<typeof keysOf> }, beginning: string): ListFilter {
  return async (ids) => {
    const records = await Promise.all(ids.map((id) => redis.hmget(keys.record(id), 'name', 'tags')))
    return records.map(([name, tags]) => wordsOf(name ?? '', tags ?? '').some((word) => word.startsWith(beginning)))
  }
}
