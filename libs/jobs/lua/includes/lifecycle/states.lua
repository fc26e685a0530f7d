--- @include "clock"
--- @include "events"
--- @include "scheduling/groups"
--- @include "metrics"
--- @include "result_indexes"
--- @include "scheduling/start_tags"
--- @include "lifecycle/sweeps"

local terminal = { completed = true, failed = true, canceled = true }

-- What stays of one that has ended: a completed one's model; of any other, and of one that was stopped early, the newest
-- checkpoint, so that it can be forked.
local function clear_artifacts(id, state)
  redis.call('HDEL', record(id), 'checkpointBefore')
  local keep = cjson.decode(field(id, 'config') or '{}').keepModel
  if (state == 'completed' and not field(id, 'stopEarly')) or keep == 'none' or keep == nil then
    redis.call('HDEL', record(id), 'checkpoint')
  end
  if state ~= 'completed' then redis.call('HDEL', record(id), 'model') end
end

local function append_transition(id, state, reason)
  local previous = field(id, 'transitions')
  local before = previous and string.sub(previous, 1, -2) .. ',' or '['
  local transition = string.format('{"state":"%s","reason":"%s","at":%.0f}', state, reason, now)
  redis.call('HSET', record(id), 'state', state, 'reason', reason, 'transitions', before .. transition .. ']')
end

-- The only place where an experiment's state changes; its callers have checked the state it comes from.
local function transition(id, state, reason)
  local from = field(id, 'state')
  if from then redis.call('ZREM', index_of('state:' .. from), id) end
  redis.call('ZADD', index_of('state:' .. state), 0, id)
  append_transition(id, state, reason)
  emit(id, 'state', stamp('{"state":"' .. state .. '","reason":"' .. reason .. '"}'))
  incr_counter('transition:' .. state .. ':' .. reason)
  update_group(id, from, state)
  if not terminal[state] then return end
  redis.call('HSET', record(id), 'finishedAt', now)
  redis.call('HDEL', record(id), 'startTag')
  redis.call('UNLINK', record(id) .. ':expected', record(id) .. ':expected-hashes')
  redis.call('ZADD', prefix .. ':ended', now, id)
  each_result(id, function(index, member) redis.call('ZADD', index, 0, member) end)
  end_trial(id)
  clear_artifacts(id, state)
  redis.call('ZREM', prefix .. ':outbox', job_id(id))
  emit(id, 'end', '{"state":"' .. state .. '"}')
  redis.call('EXPIRE', record(id) .. ':events', 3600)
end

-- a later dispatch makes older jobs in the queue harmless
function enqueue(id, reason, delay_ms)
  redis.call('ZREM', prefix .. ':outbox', job_id(id))
  redis.call('HINCRBY', record(id), 'dispatch', 1)
  if reason or not field(id, 'startTag') then assign_start_tag(id) end
  if reason then transition(id, 'queued', reason) end
  local full = full_group(id)
  if full then
    park(id, full)
  else
    redis.call('ZADD', prefix .. ':outbox', now + delay_ms, job_id(id))
  end
end
