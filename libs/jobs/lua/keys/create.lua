#!lua
-- Refused when Redis is full: it makes something new.
-- KEYS: prefix
-- ARGS: { id, hash: of the secret, owner, maxRunning?, fields: of the key }
-- RETURNS: 'ok'
--- @include "lifecycle/states"
local args = cjson.decode(ARGV[1])
redis.call('HSET', prefix .. ':api-key:' .. args.id, 'id', args.id, 'owner', args.owner, 'createdAt', now, unpack(args.fields))
redis.call('ZADD', prefix .. ':api-keys', now, args.id)
redis.call('HSET', prefix .. ':api-key-hashes', args.hash, args.id)
set_limit('owner:' .. args.owner, args.maxRunning)
return 'ok'
