#!lua flags=allow-oom
-- Notes the use of a key once a minute.
-- KEYS: prefix
-- ARGS: { hash: of a secret }
-- RETURNS: the key's fields and values, none where there is no such key
--- @include "clock"
--- @include "record"
local id = redis.call('HGET', prefix .. ':api-key-hashes', cjson.decode(ARGV[1]).hash)
if not id then return {} end
local key = prefix .. ':api-key:' .. id
if now - tonumber(redis.call('HGET', key, 'lastUsedAt') or 0) >= 60000 then redis.call('HSET', key, 'lastUsedAt', now) end
return redis.call('HGETALL', key)
