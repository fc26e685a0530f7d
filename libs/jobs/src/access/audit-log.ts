import { AuditEntry, type AuditPage } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { InvalidPageTokenError } from '../errors.ts'
import { fieldsOf } from '../redis/hash-fields.ts'
import { DEFAULT_PREFIX, keysOf } from '../redis/keys.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'

const MAX_ENTRIES = 100_000
const STREAM_ID = /^\d{1,16}-\d{1,16}$/

/** Who changed what. The latest hundred thousand calls are kept. */
export interface AuditLog {
  add(entry: Omit<AuditEntry, 'id' | 'at'>): Promise<void>
  /** Newest first. */
  list(query: { pageSize: number; pageToken?: string | undefined }): Promise<AuditPage>
}

export function createAuditLog({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): AuditLog {
  const { audit } = keysOf(prefix)

  async function list({ pageSize, pageToken }: { pageSize: number; pageToken?: string | undefined }): Promise<AuditPage> {
    const after = pageToken === undefined ? null : Buffer.from(pageToken, 'base64url').toString()
    if (after !== null && !STREAM_ID.test(after)) throw new InvalidPageTokenError()
    const entries = await redis.xrevrange(audit, after === null ? '+' : `(${after}`, '-', 'COUNT', pageSize + 1)
    const items = entries.slice(0, pageSize).map(([id, fields]) => entryFrom(id, fieldsOf(fields).entry ?? '{}'))
    const last = entries.length > pageSize ? items.at(-1) : undefined
    return { items, nextPageToken: last ? Buffer.from(last.id).toString('base64url') : null }
  }

  return {
    add: (entry) =>
      withRedisErrors(async () => void (await redis.xadd(audit, 'MAXLEN', '~', MAX_ENTRIES, '*', 'entry', JSON.stringify(entry)))),
    list: (query) => withRedisErrors(() => list(query)),
  }
}

/** The stream's id begins with Redis's time in ms. */
function entryFrom(id: string, json: string): AuditEntry {
  return AuditEntry.parse({ ...JSON.parse(json), id, at: new Date(Number(id.split('-')[0])).toISOString() })
}
