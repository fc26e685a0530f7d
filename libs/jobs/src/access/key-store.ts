import { randomBytes } from 'node:crypto'
import { type ApiKey, type KeyRequest, KeyScope, type NewApiKey } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { KeyNotFoundError } from '../errors.ts'
import { sha256 } from '../redis/hash.ts'
import { fieldsOf, flatFields, time } from '../redis/hash-fields.ts'
import { keyScripts } from './key-scripts.ts'
import { DEFAULT_PREFIX, keysOf } from '../redis/keys.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'

/** Enough that a plain hash of it cannot be guessed back. */
const SECRET_BYTES = 32
const ID_BYTES = 6
/** So that a secret is known for one when it stands where it should not. */
const SECRET_BEGINS = 'ty_'
const SHOWN_CHARACTERS = 8

/** API keys. Every call throws RedisUnavailableError when Redis does not answer. */
export interface KeyStore {
  /** The secret is answered here, and never again. */
  create(request: KeyRequest): Promise<NewApiKey>
  /** Oldest first, revoked ones too. */
  list(): Promise<ApiKey[]>
  /** From now on it opens nothing; again: the same. */
  revoke(id: string): Promise<ApiKey>
  /** The live key that has this secret, or null. */
  use(secret: string): Promise<ApiKey | null>
  /** Whether one was ever made: keys are needed from then on. */
  exist(): Promise<boolean>
}

const count = z.coerce.number().nullable().default(null)
const KeyRecord = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  scope: KeyScope,
  maxRunning: count,
  maxQueued: count,
  requestsPerMinute: z.coerce.number(),
  beginsWith: z.string(),
  createdAt: time,
  lastUsedAt: time.nullable().default(null),
  revokedAt: time.nullable().default(null),
})

export function createKeyStore({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): KeyStore {
  const scripts = keyScripts({ redis, prefix })
  const keys = keysOf(prefix)

  async function get(id: string): Promise<ApiKey> {
    const fields = await redis.hgetall(keys.apiKey(id))
    if (!fields.id) throw new KeyNotFoundError(id)
    return KeyRecord.parse(fields)
  }

  async function create({ name, owner = name, scope, maxRunning, maxQueued, requestsPerMinute }: KeyRequest): Promise<NewApiKey> {
    const id = randomBytes(ID_BYTES).toString('hex')
    const secret = `${SECRET_BEGINS}${randomBytes(SECRET_BYTES).toString('base64url')}`
    const beginsWith = secret.slice(0, SHOWN_CHARACTERS)
    const fields = flatFields({ name, scope, requestsPerMinute, beginsWith, maxRunning, maxQueued })
    await scripts.create({ id, hash: sha256(secret), owner, maxRunning, fields })
    return { ...(await get(id)), secret }
  }

  async function revoke(id: string): Promise<ApiKey> {
    if ((await scripts.revoke({ id })) === 'missing') throw new KeyNotFoundError(id)
    return get(id)
  }

  async function use(secret: string): Promise<ApiKey | null> {
    const fields = await scripts.use({ hash: sha256(secret) })
    if (fields.length === 0) return null
    const key = KeyRecord.parse(fieldsOf(fields))
    return key.revokedAt === null ? key : null
  }

  return {
    create: (request) => withRedisErrors(() => create(request)),
    list: () => withRedisErrors(async () => Promise.all((await redis.zrange(keys.apiKeys, '0', '-1')).map(get))),
    revoke: (id) => withRedisErrors(() => revoke(id)),
    use: (secret) => withRedisErrors(() => use(secret)),
    exist: () => withRedisErrors(async () => (await redis.exists(keys.apiKeys)) === 1),
  }
}
