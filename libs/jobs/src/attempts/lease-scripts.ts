import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/lua-script.ts'
import { lasting } from '../lua/lua-library.ts'

/**
 * ARGV: id · dispatch · token · worker's id. Answers 1, or 0 when the job is stale or the experiment
 * is held, because as many of its owner's or its sweep's run as may.
 * A repeat with the same token answers as the first time: the reply may have been lost.
 */
const CLAIM = lasting(`
local id, token = ARGV[1], ARGV[3]
if field(id, 'token') == token then return 1 end
if field(id, 'state') ~= 'queued' or field(id, 'dispatch') ~= ARGV[2] then return 0 end
local full = full_group(id)
if full then
  hold(id, full)
  redis.call('ZREM', prefix .. ':outbox', job_id(id))
  return 0
end
local attempts = list(id, 'attempts')
table.insert(attempts, {
  number = #attempts + 1, workerId = ARGV[4], startedAt = now, endedAt = cjson.null, outcome = cjson.null,
  resumedFromEpoch = cjson.null, repeated = cjson.null, engine = cjson.null, environmentChanged = false,
})
redis.call('HSET', record(id), 'attempts', cjson.encode(attempts), 'attempt', #attempts, 'token', token)
redis.call('HSETNX', record(id), 'startedAt', now)
redis.call('HDEL', record(id), 'recovered')
redis.call('ZREM', prefix .. ':outbox', job_id(id))
redis.call('ZADD', prefix .. ':leases', now + LEASE_MS, id)
begin_turn(id)
local transitions = list(id, 'transitions')
observe('queue-wait', (now - transitions[#transitions].at) / 1000, WAIT_BOUNDS)
enter(id, 'running', 'claimed')
return 1`)

/** ARGV: id, token, id, token, … Answers for each 'held', 'cancel', 'pause' or 'stop' (held, but to be given up) or 'lost'. */
const RENEW = lasting(`
local answers, wishes = {}, { canceling = 'cancel', pausing = 'pause' }
for i = 1, #ARGV, 2 do
  local id = ARGV[i]
  if field(id, 'token') ~= ARGV[i + 1] then
    table.insert(answers, 'lost')
  else
    redis.call('ZADD', prefix .. ':leases', now + LEASE_MS, id)
    table.insert(answers, wishes[field(id, 'state')] or field(id, 'stopEarly') and 'stop' or 'held')
  end
end
return answers`)

/**
 * How an attempt ends by its own worker. ARGV: id · token · what happened: completed, stopped, failed, canceled, paused, drained, retry · the reason of a
 * failure · the error as JSON or ''. Answers 'ok' or 'fenced'. Who asked for a cancel gets one, unless the experiment completed first; who asked
 * for a pause, unless it ended. A trial that a sweep stops early is completed whatever else became of it. What ran out of memory twice is at fault itself.
 */
const FINISH = lasting(`
local id, token, what, reason, error = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if field(id, 'ended') == token then return 'ok' end
if field(id, 'token') ~= token then return 'fenced' end
redis.call('HSET', record(id), 'ended', token) -- may still hear 'ok' when it repeats this
local state = field(id, 'state')
local out_of_memory = what == 'retry' and cjson.decode(error).code == 'OUT_OF_MEMORY' and redis.call('HINCRBY', record(id), 'outOfMemory', 1)

if what == 'completed' then
  end_attempt(id, 'completed')
  enter(id, 'completed', field(id, 'stopEarly') and 'stopped_early' or 'finished')
elseif state == 'canceling' then
  end_attempt(id, 'canceled')
  enter(id, 'canceled', 'canceled_by_user')
elseif field(id, 'stopEarly') then
  end_attempt(id, 'completed')
  enter(id, 'completed', 'stopped_early')
elseif what == 'failed' then
  end_attempt(id, 'failed')
  redis.call('HSET', record(id), 'error', error)
  enter(id, 'failed', reason)
elseif out_of_memory and out_of_memory > 1 then
  end_attempt(id, 'failed')
  local told = cjson.decode(error)
  told.class = 'user'
  redis.call('HSET', record(id), 'error', cjson.encode(told))
  enter(id, 'failed', 'user_error')
elseif state == 'pausing' then
  end_attempt(id, what == 'retry' and 'infrastructure_error' or 'paused')
  enter(id, 'paused', 'paused_by_user')
elseif what == 'retry' then
  retry_or_fail(id, 'infrastructure_error', 'retry', error, 1000)
else
  end_attempt(id, 'drained')
  redis.call('HSET', record(id), 'recovered', 1)
  queue(id, 'drained', 0)
end
return 'ok'`)

/**
 * ARGV: the error of a lost worker as JSON. Answers the experiments whose lease ran out. When the reaper has not run for five seconds, or has run
 * in the future, Redis was away or a clock jumped: then nobody could renew, so all leases begin anew.
 */
const REAP = lasting(`
local last = tonumber(redis.call('GET', prefix .. ':reaped') or 0)
redis.call('SET', prefix .. ':reaped', now)
if last > now then -- what was to be dispatched later is due now, for nobody knows how much later
  for _, job in ipairs(redis.call('ZRANGE', prefix .. ':outbox', 0, -1)) do redis.call('ZADD', prefix .. ':outbox', 'LT', now, job) end
end
if now - last > 5000 or last > now then
  for _, id in ipairs(redis.call('ZRANGE', prefix .. ':leases', 0, -1)) do
    redis.call('ZADD', prefix .. ':leases', now + LEASE_MS, id)
  end
  return {}
end
local lost = redis.call('ZRANGEBYSCORE', prefix .. ':leases', '-inf', now, 'LIMIT', 0, 100)
for _, id in ipairs(lost) do
  local state = field(id, 'state')
  redis.call('ZREM', prefix .. ':leases', id)
  if state == 'canceling' then
    end_attempt(id, 'worker_lost')
    enter(id, 'canceled', 'canceled_by_user')
  elseif field(id, 'stopEarly') then
    end_attempt(id, 'worker_lost')
    enter(id, 'completed', 'stopped_early')
  elseif state == 'pausing' then
    end_attempt(id, 'worker_lost')
    enter(id, 'paused', 'paused_by_user')
  elseif state == 'running' then
    retry_or_fail(id, 'worker_lost', 'worker_lost', ARGV[1], 0)
  end
end
return lost`)

export const leaseScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => ({
  claim: createScript({ redis, prefix, lua: CLAIM, answer: z.literal([0, 1]) }),
  renew: createScript({ redis, prefix, lua: RENEW, answer: z.array(z.enum(['held', 'cancel', 'pause', 'stop', 'lost'])) }),
  finish: createScript({ redis, prefix, lua: FINISH, answer: z.enum(['ok', 'fenced']) }),
  reap: createScript({ redis, prefix, lua: REAP, answer: z.array(z.string()) }),
})
