--- @include "lifecycle/states"

local function update_attempt(id, change)
  local attempts = list(id, 'attempts')
  change(attempts[#attempts], attempts[#attempts - 1])
  redis.call('HSET', record(id), 'attempts', to_json(attempts))
end

local function end_attempt(id, outcome)
  incr_counter('attempt:' .. outcome)
  update_attempt(id, function(attempt)
    attempt.endedAt = now
    attempt.outcome = outcome
  end)
  redis.call('HDEL', record(id), 'token')
  redis.call('ZREM', prefix .. ':leases', id)
end

-- up to maxRetries in a row without a newer checkpoint, which sets "failures" back to 0
local function retry_or_fail(id, outcome, reason, error, delay_ms)
  end_attempt(id, outcome)
  local failures = redis.call('HINCRBY', record(id), 'failures', 1)
  if failures > tonumber(field(id, 'maxRetries')) then
    redis.call('HSET', record(id), 'error', error)
    transition(id, 'failed', 'infrastructure_error')
  else
    redis.call('HSET', record(id), 'recovered', 1)
    enqueue(id, reason, delay_ms * 2 ^ math.min(failures - 1, 5))
  end
end
