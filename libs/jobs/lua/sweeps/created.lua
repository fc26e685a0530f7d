#!lua flags=allow-oom
-- All trials of the sweep are experiments by now.
-- KEYS: prefix
-- ARGS: { id }
-- RETURNS: 'ok'
--- @include "lifecycle/sweeps"
local id = cjson.decode(ARGV[1]).id
redis.call('ZREM', prefix .. ':sweeps:pending', id)
redis.call('UNLINK', sweep_key(id, ':plan'))
return 'ok'
