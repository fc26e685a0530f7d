import { type ExperimentState, ExperimentId } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { InvalidPageTokenError } from './errors.ts'
import type { keysOf } from './keys.ts'

export interface ListQuery {
  state?: ExperimentState | undefined
  tag?: string | undefined
  pageSize: number
  pageToken?: string | undefined
}

/** With both filters a page looks at this many entries at most, so that no call is slow; it may come back short, with a token. */
const LOOK_AT_COUNT = 2000

interface ListDeps {
  redis: Redis
  keys: ReturnType<typeof keysOf>
  query: ListQuery
}

/** One page, newest first. Ids sort by creation, so the last one is the cursor. */
export async function listIds({ redis, keys, query }: ListDeps): Promise<{ ids: string[]; nextPageToken: string | null }> {
  const { state, tag, pageSize, pageToken } = query
  const filtered = state !== undefined && tag !== undefined
  const index = tag !== undefined ? keys.tag(tag) : state !== undefined ? keys.state(state) : keys.all
  const from = pageToken === undefined ? '+' : `(${idFromToken(pageToken)}`
  const count = filtered ? LOOK_AT_COUNT : pageSize
  const looked = await redis.zrange(index, from, '-', 'BYLEX', 'REV', 'LIMIT', 0, count + 1)
  const page = looked.slice(0, count)
  const fitting = filtered ? await inState({ redis, keys, ids: page, state }) : page
  const ids = fitting.slice(0, pageSize)
  const last = fitting.length > pageSize ? ids.at(-1) : looked.length > count ? page.at(-1) : undefined
  return { ids, nextPageToken: last === undefined ? null : Buffer.from(last).toString('base64url') }
}

async function inState(options: {
  redis: Redis
  keys: ReturnType<typeof keysOf>
  ids: string[]
  state: ExperimentState
}): Promise<string[]> {
  const { redis, keys, ids, state } = options
  if (ids.length === 0) return []
  const scores = await redis.zmscore(keys.state(state), ...ids)
  return ids.filter((_, i) => scores[i] !== null)
}

function idFromToken(token: string): string {
  const id = ExperimentId.safeParse(Buffer.from(token, 'base64url').toString())
  if (!id.success) throw new InvalidPageTokenError()
  return id.data
}
