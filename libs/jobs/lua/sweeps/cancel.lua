#!lua flags=allow-oom
-- No more trials are created; the caller cancels those that are.
-- KEYS: prefix
-- ARGS: { id }
-- RETURNS: the state it found, or 'missing'
--- @include "clock"
--- @include "lifecycle/sweeps"
local id = cjson.decode(ARGV[1]).id
local state = redis.call('HGET', sweep_key(id), 'state')
if state == 'running' then
  redis.call('HSET', sweep_key(id), 'state', 'canceled', 'finishedAt', now)
  redis.call('ZREM', prefix .. ':sweeps:pending', id)
  redis.call('HDEL', prefix .. ':limits', 'sweep:' .. id)
end
return state or 'missing'
