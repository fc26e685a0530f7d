import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/lua-script.ts'
import { creating, lasting } from '../lua/lua-library.ts'

/**
 * ARGV: six random characters for the id · idempotency entry's name or '' · body hash · queue · tags as JSON · the parent or '' · its first epochs that
 * it has, as JSON · the token of the start that was taken over for it, or '' · words of the name and of the tags,
 * each as JSON · owner or '' · how many of the owner's may be queued, or '' · what a replay is compared with: its epochs as JSON · its layers' hashes · the sweep that it is a trial of,
 * or '' · which one · then the record's fields and values.
 * Answers { id, 'created' | 'replayed' | 'reused' | 'gone' (the parent, meanwhile) | 'quota' | 'ended' (the sweep) }.
 */
const CREATE = creating(`
local idempotency = ARGV[2] ~= '' and prefix .. ':idempotency:' .. ARGV[2]
local hash, earlier = string.match(idempotency and redis.call('GET', idempotency) or '', '^(.*) (.*)$')
if earlier and field(earlier, 'id') then
  return { earlier, hash == ARGV[3] and 'replayed' or 'reused' }
end
local parent, inherited, start, owner, most = ARGV[6], cjson.decode(ARGV[7]), ARGV[8], ARGV[11], tonumber(ARGV[12])

local sweep, trial = ARGV[15], ARGV[16]
if sweep ~= '' then
  local made = redis.call('HGET', sweep_key(sweep, ':trials'), trial)
  if made then return { made, 'replayed' } end
  if redis.call('HGET', sweep_key(sweep), 'state') ~= 'running' then return { sweep, 'ended' } end
end
if most and redis.call('SCARD', waiting_of('owner:' .. owner)) >= most then return { '', 'quota' } end
if parent ~= '' and not field(parent, 'id') then return { parent, 'gone' } end

local id = new_id(ARGV[1])
redis.call('HSET', record(id), 'id', id, 'createdAt', now, 'queue', ARGV[4], 'dispatch', 0, 'failures', 0, unpack(ARGV, 17))
redis.call('ZADD', index_of('all'), 0, id)
set_tags(id, ARGV[5])
set_words(id, 'name', ARGV[9])
set_words(id, 'tag', ARGV[10])
if sweep ~= '' then
  redis.call('HSET', record(id), 'sweep', sweep, 'trial', trial)
  redis.call('HSET', sweep_key(sweep, ':trials'), trial, id)
end
if owner ~= '' then
  redis.call('HSET', record(id), 'owner', owner)
  redis.call('ZADD', index_of('owner:' .. owner), 0, id)
end
for _, row in ipairs(cjson.decode(ARGV[13])) do redis.call('RPUSH', record(id) .. ':expected', row) end
if ARGV[14] ~= '' then redis.call('SET', record(id) .. ':expected-hashes', ARGV[14]) end
redis.call('SADD', prefix .. ':queues', ARGV[4])
if start ~= '' then redis.call('HSET', prefix .. ':starts', start, id) end
if #inherited > 0 then
  -- attempt 0: none of its own
  for _, row in ipairs(inherited) do
    redis.call('RPUSH', record(id) .. ':epochs', (string.gsub(row, ',%d+,(%d+)%]$', ',0,%1]')))
  end
  redis.call('HSET', record(id), 'latest', redis.call('LINDEX', record(id) .. ':epochs', -1))
end
if idempotency then redis.call('SET', idempotency, ARGV[3] .. ' ' .. id, 'EX', 86400) end
queue(id, #inherited > 0 and 'forked' or 'submitted', 0)
return { id, 'created' }`)

/**
 * Each of these takes the experiment's id, answers the state it found, or 'missing', and has an effect only where that state allows it. A running
 * experiment's worker hears of a wish on the channel, and at the latest when it renews its lease.
 */
const CANCEL = lasting(`
local id = ARGV[1]
local state = field(id, 'state')
if state == 'queued' or state == 'paused' then
  enter(id, 'canceled', 'canceled_by_user')
elseif state == 'running' or state == 'pausing' then
  enter(id, 'canceling', 'cancel_requested')
  redis.call('PUBLISH', prefix .. ':wishes', 'cancel ' .. id)
end
return state or 'missing'`)

const PAUSE = lasting(`
local id = ARGV[1]
local state = field(id, 'state')
if state == 'queued' then
  redis.call('ZREM', prefix .. ':outbox', job_id(id))
  enter(id, 'paused', 'paused_by_user')
elseif state == 'running' then
  enter(id, 'pausing', 'pause_requested')
  redis.call('PUBLISH', prefix .. ':wishes', 'pause ' .. id)
end
return state or 'missing'`)

/** One that failed in a row before has a new row. */
const RESUME = lasting(`
local id = ARGV[1]
local state = field(id, 'state')
if state == 'paused' then
  redis.call('HSET', record(id), 'failures', 0)
  queue(id, 'resumed', 0)
end
return state or 'missing'`)

/** ARGV: id · name · notes (each as it is, or 'null' as JSON to remove it, else as a JSON text) · tags as JSON · priority · words of the name and of the tags; '' leaves as it is. */
const PATCH = lasting(`
local id, texts = ARGV[1], { name = ARGV[2], notes = ARGV[3] }
local state, priority = field(id, 'state'), ARGV[5]
if not state then return 'missing' end
if priority ~= '' and terminal[state] then return state end
for name, value in pairs(texts) do
  if value == 'null' then
    redis.call('HDEL', record(id), name)
  elseif value ~= '' then
    redis.call('HSET', record(id), name, cjson.decode(value))
  end
end
if ARGV[4] ~= '' then set_tags(id, ARGV[4]) end
if ARGV[6] ~= '' then set_words(id, 'name', ARGV[6]) end
if ARGV[7] ~= '' then set_words(id, 'tag', ARGV[7]) end
if priority ~= '' and priority ~= field(id, 'priority') then
  redis.call('HSET', record(id), 'priority', priority)
  redis.call('HDEL', record(id), 'turn')
  if state == 'queued' then
    let_go(id)
    queue(id, nil, 0)
  end
end
return 'patched'`)

/** ARGV: id. What it leaves on disk is removed by whoever sees it among the deleted. */
const DELETE = lasting(`
local id = ARGV[1]
local state = field(id, 'state')
if not terminal[state] then return state or 'missing' end
set_tags(id, '[]')
set_words(id, 'name', '[]')
set_words(id, 'tag', '[]')
each_result(id, 'ZREM')
for _, index in ipairs({ 'all', 'state:' .. state, 'owner:' .. (field(id, 'owner') or '') }) do redis.call('ZREM', index_of(index), id) end
redis.call('ZREM', prefix .. ':ended', id)
for _, part in ipairs({ '', ':epochs', ':losses', ':layers', ':hashes', ':logs', ':events', ':packed' }) do redis.call('UNLINK', record(id) .. part) end
redis.call('ZADD', prefix .. ':deleted', now, id)
return state`)

export const experimentScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => {
  const transition = (lua: string) => createScript({ redis, prefix, lua, answer: z.string() })
  return {
    create: createScript({
      redis,
      prefix,
      lua: CREATE,
      answer: z.tuple([z.string(), z.enum(['created', 'replayed', 'reused', 'gone', 'quota', 'ended'])]),
    }),
    cancel: transition(CANCEL),
    pause: transition(PAUSE),
    resume: transition(RESUME),
    patch: transition(PATCH),
    remove: transition(DELETE),
  }
}
