#!lua flags=allow-oom
-- A revoked key stays listed.
-- KEYS: prefix
-- ARGS: { id }
-- RETURNS: 'ok' | 'missing'
--- @include "clock"
--- @include "record"
local key = prefix .. ':api-key:' .. cjson.decode(ARGV[1]).id
if redis.call('EXISTS', key) == 0 then return 'missing' end
redis.call('HSETNX', key, 'revokedAt', now)
return 'ok'
