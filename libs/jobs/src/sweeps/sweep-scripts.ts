import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/lua-script.ts'
import { creating, lasting } from '../lua/lua-library.ts'

/**
 * ARGV: six random characters for the id · idempotency entry's name or '' · body hash · maxConcurrent · how many fields and values of the record ·
 * these · then the plan: each trial's experiment as JSON. Answers { id, 'created' | 'replayed' | 'reused' }.
 */
const CREATE = creating(`
local idempotency = ARGV[2] ~= '' and prefix .. ':idempotency:sweep:' .. ARGV[2]
local hash, earlier = string.match(idempotency and redis.call('GET', idempotency) or '', '^(.*) (.*)$')
if earlier then return { earlier, hash == ARGV[3] and 'replayed' or 'reused' } end
local id, count = new_id(ARGV[1]), tonumber(ARGV[5])
redis.call('HSET', sweep_key(id), 'id', id, 'createdAt', now, 'state', 'running', 'ended', 0, unpack(ARGV, 6, 5 + count))
for i = 6 + count, #ARGV do redis.call('RPUSH', sweep_key(id, ':plan'), ARGV[i]) end
redis.call('HSET', prefix .. ':limits', 'sweep:' .. id, ARGV[4])
redis.call('ZADD', prefix .. ':sweeps', 0, id)
redis.call('ZADD', prefix .. ':sweeps:unmade', 0, id)
if idempotency then redis.call('SET', idempotency, ARGV[3] .. ' ' .. id, 'EX', 86400) end
return { id, 'created' }`)

/** ARGV: id. Its trials are canceled one by one, by whoever asked; no more are made. Answers the state it found, or 'missing'. */
const CANCEL = lasting(`
local id = ARGV[1]
local state = redis.call('HGET', sweep_key(id), 'state')
if state == 'running' then
  redis.call('HSET', sweep_key(id), 'state', 'canceled', 'finishedAt', now)
  redis.call('ZREM', prefix .. ':sweeps:unmade', id)
  redis.call('HDEL', prefix .. ':limits', 'sweep:' .. id)
end
return state or 'missing'`)

/** ARGV: id. All its trials are experiments by now. */
const MADE = lasting(`
redis.call('ZREM', prefix .. ':sweeps:unmade', ARGV[1])
redis.call('UNLINK', sweep_key(ARGV[1], ':plan'))
return 'ok'`)

export const sweepScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => ({
  create: createScript({ redis, prefix, lua: CREATE, answer: z.tuple([z.string(), z.enum(['created', 'replayed', 'reused'])]) }),
  cancel: createScript({ redis, prefix, lua: CANCEL, answer: z.string() }),
  made: createScript({ redis, prefix, lua: MADE, answer: z.literal('ok') }),
})
