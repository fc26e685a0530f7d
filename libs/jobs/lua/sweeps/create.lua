#!lua
-- Writes a whole sweep at once. Refused when Redis is full: it makes something new.
-- KEYS: prefix
-- ARGS: { suffix, idempotency?: { key, bodyHash }, maxConcurrent, fields: of the record, plan: each trial's experiment (JSON) }
-- RETURNS: { id, 'created' | 'replayed' | 'reused' }
--- @include "clock"
--- @include "lifecycle/sweeps"
local args = cjson.decode(ARGV[1])
local idempotency = args.idempotency and prefix .. ':idempotency:sweep:' .. args.idempotency.key
local hash, earlier = string.match(idempotency and redis.call('GET', idempotency) or '', '^(.*) (.*)$')
if earlier then return { earlier, hash == args.idempotency.bodyHash and 'replayed' or 'reused' } end
local id = new_id(args.suffix)
redis.call('HSET', sweep_key(id), 'id', id, 'createdAt', now, 'state', 'running', 'ended', 0, unpack(args.fields))
for _, experiment in ipairs(args.plan) do
  redis.call('RPUSH', sweep_key(id, ':plan'), experiment)
end
redis.call('HSET', prefix .. ':limits', 'sweep:' .. id, args.maxConcurrent)
redis.call('ZADD', prefix .. ':sweeps', 0, id)
redis.call('ZADD', prefix .. ':sweeps:pending', 0, id)
if idempotency then redis.call('SET', idempotency, args.idempotency.bodyHash .. ' ' .. id, 'EX', 86400) end
return { id, 'created' }
