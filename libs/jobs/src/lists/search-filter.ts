import type { Redis } from 'ioredis'
import type { keysOf } from '../redis/keys.ts'
import { isIn, type ListFilter } from './list-filter.ts'
import { tokenize } from './search-terms.ts'

/** Beyond this many terms that begin alike, their indexes cost more than to look at the entries themselves. */
const MAX_INDEXES = 64

interface SearchFilter {
  /** Together these hold all entries that have such a word; null: too many words begin so. */
  indexes: string[] | null
  filter: ListFilter
}

/** For each word of `q`: the entries whose name or tags have a word that begins with it. */
export async function searchFilters(deps: { redis: Redis; keys: ReturnType<typeof keysOf>; q: string }): Promise<SearchFilter[]> {
  const { redis, keys, q } = deps
  return Promise.all(
    tokenize(q).map(async (beginning) => {
      const words = await redis.zrange(keys.terms, `[${beginning}`, `[${beginning}\u{10ffff}`, 'BYLEX', 'LIMIT', 0, MAX_INDEXES + 1)
      if (words.length > MAX_INDEXES) return { indexes: null, filter: hasWord(deps, beginning) }
      const indexes = words.map(keys.term)
      return { indexes, filter: indexes.length === 0 ? async (ids) => ids.map(() => false) : isIn(redis, indexes) }
    }),
  )
}

/** Whether each entry has such a word, by its record. */
function hasWord({ redis, keys }: { redis: Redis; keys: ReturnType<typeof keysOf> }, beginning: string): ListFilter {
  return async (ids) => {
    const records = await Promise.all(ids.map((id) => redis.hmget(keys.record(id), 'name', 'tags')))
    return records.map(([name, tags]) => tokenize(name ?? '', tags ?? '').some((word) => word.startsWith(beginning)))
  }
}
