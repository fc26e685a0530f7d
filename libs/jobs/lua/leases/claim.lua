#!lua flags=allow-oom
-- Gives a queued experiment to a worker. A repeat with the same token answers as the first time: the reply may have been lost.
-- KEYS: prefix
-- ARGS: { id, dispatch, token, workerId, waitBounds }
-- RETURNS: 1, or 0 when the job is stale, or parked because as many of its owner's or its sweep's run as may
--- @include "scheduling/leases"
--- @include "lifecycle/states"
local args = cjson.decode(ARGV[1])
local id, token = args.id, args.token

-- the virtual time of fair queueing: the start tag of the experiment that began last (start_tags.lua)
local function advance_virtual_time()
  local tags, level, tag = prefix .. ':start-tags', field(id, 'priority'), tonumber(field(id, 'startTag') or 0)
  if tag > tonumber(redis.call('HGET', tags, level) or 0) then redis.call('HSET', tags, level, tag) end
end

if field(id, 'token') == token then return 1 end
if field(id, 'state') ~= 'queued' or tonumber(field(id, 'dispatch')) ~= args.dispatch then return 0 end
local full = full_group(id)
if full then
  park(id, full)
  redis.call('ZREM', prefix .. ':outbox', job_id(id))
  return 0
end
local attempts = list(id, 'attempts')
table.insert(attempts, {
  number = #attempts + 1,
  workerId = args.workerId,
  startedAt = now,
  endedAt = cjson.null,
  outcome = cjson.null,
  resumedFromEpoch = cjson.null,
  repeated = cjson.null,
  engine = cjson.null,
  environmentChanged = false,
})
redis.call('HSET', record(id), 'attempts', to_json(attempts), 'attempt', #attempts, 'token', token)
redis.call('HSETNX', record(id), 'startedAt', now)
redis.call('HDEL', record(id), 'recovered')
redis.call('ZREM', prefix .. ':outbox', job_id(id))
redis.call('ZADD', prefix .. ':leases', now + LEASE_MS, id)
advance_virtual_time()
local transitions = list(id, 'transitions')
observe('queue-wait', (now - transitions[#transitions].at) / 1000, args.waitBounds)
transition(id, 'running', 'claimed')
return 1
