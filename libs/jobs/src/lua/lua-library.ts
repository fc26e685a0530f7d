import { COUNTS } from './lua-counts.ts'
import { GROUPS } from './lua-groups.ts'
import { INDEXES } from './lua-indexes.ts'
import { SWEEPS } from './lua-sweeps.ts'

/**
 * What every script begins with. KEYS[1] is the prefix; all keys are made from it, so that its braces keep them in one slot.
 * `allow-oom`: a Redis that is full must still let experiments go on and end; only create (no-oom) is refused.
 */
const HEADER = `
local prefix = KEYS[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) -- ms

local function record(id) return prefix .. ':experiment:' .. id end
local function field(id, name) return redis.call('HGET', record(id), name) or nil end
local function list(id, name) return cjson.decode(field(id, name) or '[]') end
local function job_id(id) return id .. '-' .. field(id, 'dispatch') end

-- begins with Redis's time in microseconds in base 36, so that ids sort by creation; ten digits of it last until 2086
local function new_id(suffix)
  local digits, rest, id = '0123456789abcdefghijklmnopqrstuvwxyz', clock[1] * 1000000 + clock[2], ''
  for _ = 1, 10 do
    local digit = rest % 36
    id = string.sub(digits, digit + 1, digit + 1) .. id
    rest = (rest - digit) / 36
  end
  return id .. suffix
end
`

/** The experiment's own stream has the ids that clients see; the feed carries a copy for the API processes. */
const EVENTS = `
local function emit(id, kind, data)
  local event = redis.call('XADD', record(id) .. ':events', 'MAXLEN', '~', 2000, '*', 'type', kind, 'data', data, 'at', now)
  redis.call('XADD', prefix .. ':feed', 'MAXLEN', '~', 10000, '*',
    'experiment', id, 'event', event, 'type', kind, 'data', data, 'at', now)
end
`

/** The only place where an experiment's state changes; its callers have checked the state it comes from. */
const STATES = `
local terminal = { completed = true, failed = true, canceled = true }

-- what stays of one that has ended: a completed one's model; of any other, and of one that was stopped early, the newest checkpoint, so that it can be forked
local function forget_artifacts(id, state)
  redis.call('HDEL', record(id), 'checkpointBefore')
  local keep = cjson.decode(field(id, 'config') or '{}').keepModel
  if (state == 'completed' and not field(id, 'stopEarly')) or keep == 'none' or keep == nil then redis.call('HDEL', record(id), 'checkpoint') end
  if state ~= 'completed' then redis.call('HDEL', record(id), 'model') end
end

local function enter(id, state, reason)
  local from = field(id, 'state')
  if from then redis.call('ZREM', prefix .. ':index:state:' .. from, id) end
  redis.call('ZADD', prefix .. ':index:state:' .. state, 0, id)
  local transitions = list(id, 'transitions')
  table.insert(transitions, { state = state, reason = reason, at = now })
  redis.call('HSET', record(id), 'state', state, 'reason', reason, 'transitions', cjson.encode(transitions))
  emit(id, 'state', cjson.encode({ state = state, reason = reason }))
  tally('transition:' .. state .. ':' .. reason)
  regroup(id, from, state)
  if not terminal[state] then return end
  redis.call('HSET', record(id), 'finishedAt', now)
  redis.call('HDEL', record(id), 'turn')
  redis.call('UNLINK', record(id) .. ':expected', record(id) .. ':expected-hashes')
  redis.call('ZADD', prefix .. ':ended', now, id)
  each_result(id, 'ZADD')
  trial_ended(id)
  forget_artifacts(id, state)
  redis.call('ZREM', prefix .. ':outbox', job_id(id))
  emit(id, 'end', cjson.encode({ state = state }))
  redis.call('EXPIRE', record(id) .. ':events', 3600)
end

-- a later dispatch makes older jobs in the queue harmless
function queue(id, reason, delay_ms)
  redis.call('ZREM', prefix .. ':outbox', job_id(id))
  redis.call('HINCRBY', record(id), 'dispatch', 1)
  if reason or not field(id, 'turn') then take_turn(id) end
  if reason then enter(id, 'queued', reason) end
  local full = full_group(id)
  if full then hold(id, full) else redis.call('ZADD', prefix .. ':outbox', now + delay_ms, job_id(id)) end
end
`

const ATTEMPTS = `
local LEASE_MS = 20000

local function amend_attempt(id, change)
  local attempts = list(id, 'attempts')
  change(attempts[#attempts], attempts[#attempts - 1])
  redis.call('HSET', record(id), 'attempts', cjson.encode(attempts))
end

local function end_attempt(id, outcome)
  tally('attempt:' .. outcome)
  amend_attempt(id, function(attempt) attempt.endedAt = now; attempt.outcome = outcome end)
  redis.call('HDEL', record(id), 'token')
  redis.call('ZREM', prefix .. ':leases', id)
end

-- up to maxRetries in a row without a newer checkpoint, which sets "failures" back to 0
local function retry_or_fail(id, outcome, reason, error, delay_ms)
  end_attempt(id, outcome)
  local failures = redis.call('HINCRBY', record(id), 'failures', 1)
  if failures > tonumber(field(id, 'maxRetries')) then
    redis.call('HSET', record(id), 'error', error)
    enter(id, 'failed', 'infrastructure_error')
  else
    redis.call('HSET', record(id), 'recovered', 1)
    queue(id, reason, delay_ms * 2 ^ math.min(failures - 1, 5))
  end
end
`

const flags = (allow: string) => `#!lua flags=${allow}\n`

/** A script that is refused when Redis is full: it makes something new. */
export const creating = (body: string): string => flags('') + HEADER + COUNTS + EVENTS + INDEXES + GROUPS + SWEEPS + STATES + body

/** A script over states, attempts and leases. */
export const lasting = (body: string): string =>
  flags('allow-oom') + HEADER + COUNTS + EVENTS + INDEXES + GROUPS + SWEEPS + STATES + ATTEMPTS + body

/** A script of an attempt's writer: ARGV[1] the experiment, ARGV[2] the token. Answers 'fenced' to all but the current one's. */
export const fenced = (body: string): string =>
  lasting(`
local id, token = ARGV[1], ARGV[2]
if field(id, 'token') ~= token then return 'fenced' end
${body}
return 'ok'`)
