import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/lua-script.ts'
import { creating, lasting } from '../lua/lua-library.ts'

/** ARGV: id · hash of the secret · owner · how many of the owner's may run, or '' · then the key's fields and values. */
const CREATE = creating(`
local id, hash, owner, most = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
redis.call('HSET', prefix .. ':api-key:' .. id, 'id', id, 'owner', owner, 'createdAt', now, unpack(ARGV, 5))
redis.call('ZADD', prefix .. ':api-keys', now, id)
redis.call('HSET', prefix .. ':api-key-hashes', hash, id)
set_limit('owner:' .. owner, most)
return 'ok'`)

/** ARGV: hash of a secret. Answers the key's fields and values, none where there is no such key; notes its use once a minute. */
const USE = lasting(`
local id = redis.call('HGET', prefix .. ':api-key-hashes', ARGV[1])
if not id then return {} end
local key = prefix .. ':api-key:' .. id
if now - tonumber(redis.call('HGET', key, 'lastUsedAt') or 0) >= 60000 then redis.call('HSET', key, 'lastUsedAt', now) end
return redis.call('HGETALL', key)`)

/** ARGV: id. It stays listed. */
const REVOKE = lasting(`
local key = prefix .. ':api-key:' .. ARGV[1]
if redis.call('EXISTS', key) == 0 then return 'missing' end
redis.call('HSETNX', key, 'revokedAt', now)
return 'ok'`)

export const keyScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => ({
  create: createScript({ redis, prefix, lua: CREATE, answer: z.literal('ok') }),
  use: createScript({ redis, prefix, lua: USE, answer: z.array(z.string()) }),
  revoke: createScript({ redis, prefix, lua: REVOKE, answer: z.enum(['ok', 'missing']) }),
})
