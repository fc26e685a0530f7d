#!lua flags=allow-oom
-- How an attempt ends by its own worker. A cancel that was asked for wins, unless the experiment completed first; a pause,
-- unless it ended. A trial that its sweep stops early is completed, whatever its outcome. What ran out of memory twice
-- is at fault itself.
-- KEYS: prefix
-- ARGS: FinishArgs (lease-scripts.ts)
-- RETURNS: 'ok' | 'fenced'
--- @include "lifecycle/attempts"
local args = cjson.decode(ARGV[1])
local id, token, outcome, error = args.id, args.token, args.outcome, args.error
if field(id, 'ended') == token then return 'ok' end
if field(id, 'token') ~= token then return 'fenced' end
redis.call('HSET', record(id), 'ended', token) -- a repeat of this answers 'ok'
local state = field(id, 'state')
local out_of_memory = outcome == 'retry' and cjson.decode(error).code == 'OUT_OF_MEMORY'
local out_of_memory_count = out_of_memory and redis.call('HINCRBY', record(id), 'outOfMemory', 1) or 0

if outcome == 'completed' then
  end_attempt(id, 'completed')
  transition(id, 'completed', field(id, 'stopEarly') and 'stopped_early' or 'finished')
elseif state == 'canceling' then
  end_attempt(id, 'canceled')
  transition(id, 'canceled', 'canceled_by_user')
elseif field(id, 'stopEarly') then
  end_attempt(id, 'completed')
  transition(id, 'completed', 'stopped_early')
elseif outcome == 'failed' then
  end_attempt(id, 'failed')
  redis.call('HSET', record(id), 'error', error)
  transition(id, 'failed', args.reason)
elseif out_of_memory_count > 1 then
  end_attempt(id, 'failed')
  local user_error = cjson.decode(error)
  user_error.class = 'user'
  redis.call('HSET', record(id), 'error', to_json(user_error))
  transition(id, 'failed', 'user_error')
elseif state == 'pausing' then
  end_attempt(id, outcome == 'retry' and 'infrastructure_error' or 'paused')
  transition(id, 'paused', 'paused_by_user')
elseif outcome == 'retry' then
  retry_or_fail(id, 'infrastructure_error', 'retry', error, 1000)
else
  end_attempt(id, 'drained')
  redis.call('HSET', record(id), 'recovered', 1)
  enqueue(id, 'drained', 0)
end
return 'ok'
