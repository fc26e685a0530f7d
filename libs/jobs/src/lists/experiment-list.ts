import type { ExperimentListQuery } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import type { keysOf } from '../redis/keys.ts'
import { isIn, type ListFilter } from './list-filter.ts'
import { memberOf, tokenOf } from './list-token.ts'
import { searchFilters } from './search-filter.ts'

export type ListQuery = Pick<ExperimentListQuery, 'pageSize'> & Partial<ExperimentListQuery>

/** A page looks at this many entries at most, so that no call is slow; with several filters it may come back short, with a token. */
const LOOK_AT_COUNT = 2000
const ID_AT = 16

type Keys = ReturnType<typeof keysOf>

interface ListDeps {
  redis: Redis
  keys: Keys
  query: ListQuery
}

/** What a list is read from: sorted sets whose members together are the entries, of which each may be in several. */
interface Source {
  indexes: readonly string[]
  filters: readonly ListFilter[]
}

/** One page, in the order of `sort`. The token is the key of its last entry, so no entry is repeated or left out while others come and go. */
export async function listIds({ redis, keys, query }: ListDeps): Promise<{ ids: string[]; nextPageToken: string | null }> {
  const { sort = '-createdAt', pageSize, pageToken } = query
  const backwards = sort.startsWith('-')
  const field = backwards ? sort.slice(1) : sort
  const idAt = field === 'createdAt' ? 0 : ID_AT
  const { indexes, filters } = await sourceOf({ redis, keys, query, byResult: idAt > 0 ? keys.by(field) : null })
  const count = filters.length > 0 ? LOOK_AT_COUNT : pageSize
  const from = pageToken === undefined ? null : memberOf(pageToken)
  const looked = await readMerged(redis, { indexes, backwards, from, count: count + 1 })
  const members = looked.slice(0, count)
  const fitting = await thatFit(members, { idAt, filters })
  const page = fitting.slice(0, pageSize)
  const last = fitting.length > pageSize ? page.at(-1) : looked.length > count ? members.at(-1) : undefined
  return { ids: page.map((member) => member.slice(idAt)), nextPageToken: last === undefined ? null : tokenOf(last) }
}

/** Reads from the shortest index that has all entries; the others filter. */
async function sourceOf({ redis, keys, query, byResult }: ListDeps & { byResult: string | null }): Promise<Source> {
  const { state, tag, owner, q } = query
  const single = [...(tag ? [keys.tag(tag)] : []), ...(owner ? [keys.owner(owner)] : []), ...(state ? [keys.state(state)] : [])]
  const words = q === undefined ? [] : await searchFilters({ redis, keys, q })
  const candidates = [...single.map((key) => ({ indexes: [key], filter: isIn(redis, [key]) })), ...words]
  const readable = byResult === null ? candidates.filter(({ indexes }) => indexes !== null) : []
  const sizes = await Promise.all(
    readable.map(async ({ indexes }) => sum(await Promise.all((indexes ?? []).map((key) => redis.zcard(key))))),
  )
  const shortest = readable[sizes.indexOf(Math.min(...sizes))]
  return {
    indexes: shortest?.indexes ?? [byResult ?? keys.all],
    filters: candidates.filter((each) => each !== shortest).map(({ filter }) => filter),
  }
}

/** The first `count` members after `from` of all the indexes together, each once. */
async function readMerged(
  redis: Redis,
  { indexes, backwards, from, count }: { indexes: readonly string[]; backwards: boolean; from: string | null; count: number },
): Promise<string[]> {
  const read = (key: string): Promise<string[]> =>
    backwards
      ? redis.zrange(key, from === null ? '+' : `(${from}`, '-', 'BYLEX', 'REV', 'LIMIT', 0, count)
      : redis.zrange(key, from === null ? '-' : `(${from}`, '+', 'BYLEX', 'LIMIT', 0, count)
  const [first = [], ...others] = await Promise.all(indexes.map(read))
  if (others.length === 0) return first
  const merged = [...new Set([first, ...others].flat())].sort()
  return (backwards ? merged.toReversed() : merged).slice(0, count)
}

async function thatFit(members: readonly string[], { idAt, filters }: { idAt: number; filters: readonly ListFilter[] }): Promise<string[]> {
  if (members.length === 0) return []
  const ids = members.map((member) => member.slice(idAt))
  const fits = await Promise.all(filters.map((filter) => filter(ids)))
  return members.filter((_, i) => fits.every((each) => each[i]))
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
