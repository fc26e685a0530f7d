#!lua flags=allow-oom
-- Queues a paused experiment; failures in a row are counted from 0.
-- KEYS: prefix
-- ARGS: { id }
-- RETURNS: the state it found, or 'missing'
--- @include "lifecycle/states"
local id = cjson.decode(ARGV[1]).id
local state = field(id, 'state')
if state == 'paused' then
  redis.call('HSET', record(id), 'failures', 0)
  enqueue(id, 'resumed', 0)
end
return state or 'missing'
