#!lua flags=allow-oom
-- Takes experiments back whose lease ran out. When the reaper has not run for five seconds, or has run in the future, Redis was
-- away or a clock jumped: no worker could renew, so all leases begin again.
-- KEYS: prefix
-- ARGS: { error (JSON; of an experiment that lost its worker more often than it may) }
-- RETURNS: the experiments' ids
--- @include "lifecycle/attempts"
--- @include "scheduling/leases"
local last = tonumber(redis.call('GET', prefix .. ':reaped') or 0)
redis.call('SET', prefix .. ':reaped', now)
if last > now then -- what was to be dispatched later is due now: how much later is not known
  for _, job in ipairs(redis.call('ZRANGE', prefix .. ':outbox', 0, -1)) do
    redis.call('ZADD', prefix .. ':outbox', 'LT', now, job)
  end
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
    transition(id, 'canceled', 'canceled_by_user')
  elseif field(id, 'stopEarly') then
    end_attempt(id, 'worker_lost')
    transition(id, 'completed', 'stopped_early')
  elseif state == 'pausing' then
    end_attempt(id, 'worker_lost')
    transition(id, 'paused', 'paused_by_user')
  elseif state == 'running' then
    retry_or_fail(id, 'worker_lost', 'worker_lost', cjson.decode(ARGV[1]).error, 0)
  end
end
return lost
