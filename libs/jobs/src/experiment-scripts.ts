import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from './lua-script.ts'
import { creating, lasting } from './lua-library.ts'

/**
 * ARGV: six random characters for the id · idempotency entry's name or '' · body hash · queue · tags as JSON · then the record's fields and values.
 * Answers { id, 'created' | 'replayed' | 'reused' }. The id begins with Redis's time in microseconds in base 36, so that ids sort by creation;
 * ten digits of it last until 2086.
 */
const CREATE = creating(`
local idempotency = ARGV[2] ~= '' and prefix .. ':idempotency:' .. ARGV[2]
local earlier = idempotency and redis.call('GET', idempotency)
if earlier then
  local hash, id = string.match(earlier, '^(.*) (.*)$')
  return { id, hash == ARGV[3] and 'replayed' or 'reused' }
end

local digits, rest, id = '0123456789abcdefghijklmnopqrstuvwxyz', clock[1] * 1000000 + clock[2], ''
for _ = 1, 10 do
  local digit = rest % 36
  id = string.sub(digits, digit + 1, digit + 1) .. id
  rest = (rest - digit) / 36
end
id = id .. ARGV[1]

redis.call('HSET', record(id), 'id', id, 'createdAt', now, 'queue', ARGV[4], 'tags', ARGV[5], 'dispatch', 0, 'failures', 0,
  unpack(ARGV, 6))
redis.call('ZADD', prefix .. ':index:all', 0, id)
for _, tag in ipairs(cjson.decode(ARGV[5])) do redis.call('ZADD', prefix .. ':index:tag:' .. tag, 0, id) end
redis.call('SADD', prefix .. ':queues', ARGV[4])
if idempotency then redis.call('SET', idempotency, ARGV[3] .. ' ' .. id, 'EX', 86400) end
queue(id, 'submitted', 0)
return { id, 'created' }`)

/**
 * ARGV: id. Answers the state it found, or 'missing'; has an effect only when that was queued or running.
 * A running experiment's worker hears of it on the channel, and at the latest when it renews its lease.
 */
const CANCEL = lasting(`
local id = ARGV[1]
local state = field(id, 'state')
if state == 'queued' then
  enter(id, 'canceled', 'canceled_by_user')
elseif state == 'running' then
  enter(id, 'canceling', 'cancel_requested')
  redis.call('PUBLISH', prefix .. ':cancel', id)
end
return state or 'missing'`)

export const experimentScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => ({
  create: createScript({ redis, prefix, lua: CREATE, answer: z.tuple([z.string(), z.enum(['created', 'replayed', 'reused'])]) }),
  cancel: createScript({ redis, prefix, lua: CANCEL, answer: z.string() }),
})
