#!lua flags=allow-oom
-- A running experiment's worker receives it on the channel, or when it renews its lease.
-- KEYS: prefix
-- ARGS: { id }
-- RETURNS: the state it found, or 'missing'
--- @include "lifecycle/states"
local id = cjson.decode(ARGV[1]).id
local state = field(id, 'state')
if state == 'queued' or state == 'paused' then
  transition(id, 'canceled', 'canceled_by_user')
elseif state == 'running' or state == 'pausing' then
  transition(id, 'canceling', 'cancel_requested')
  redis.call('PUBLISH', prefix .. ':commands', 'cancel ' .. id)
end
return state or 'missing'
