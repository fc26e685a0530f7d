#!lua flags=allow-oom
-- A running experiment's worker receives it on the channel, or when it renews its lease.
-- KEYS: prefix
-- ARGS: { id }
-- RETURNS: the state it found, or 'missing'
--- @include "lifecycle/states"
local id = cjson.decode(ARGV[1]).id
local state = field(id, 'state')
if state == 'queued' then
  redis.call('ZREM', prefix .. ':outbox', job_id(id))
  transition(id, 'paused', 'paused_by_user')
elseif state == 'running' then
  transition(id, 'pausing', 'pause_requested')
  redis.call('PUBLISH', prefix .. ':commands', 'pause ' .. id)
end
return state or 'missing'
