#!lua
-- Writes record, indexes, outbox and idempotency entry at once. Refused when Redis is full: it makes something new.
-- KEYS: prefix
-- ARGS: CreateArgs (experiment-scripts.ts)
-- RETURNS: { id, 'created' | 'replayed' | 'reused' | 'gone' (the parent, meanwhile) | 'quota' | 'ended' (the sweep) }
--- @include "indexes"
--- @include "lifecycle/states"
--- @include "lifecycle/sweeps"
local args = cjson.decode(ARGV[1])
local parent, owner, sweep = args.parent, args.owner, args.sweep
local idempotency = args.idempotency and prefix .. ':idempotency:' .. args.idempotency.key
local hash, earlier = string.match(idempotency and redis.call('GET', idempotency) or '', '^(.*) (.*)$')
if earlier and field(earlier, 'id') then return { earlier, hash == args.idempotency.bodyHash and 'replayed' or 'reused' } end

if sweep then
  local trial = redis.call('HGET', sweep_key(sweep.id, ':trials'), sweep.trial)
  if trial then return { trial, 'replayed' } end
  if redis.call('HGET', sweep_key(sweep.id), 'state') ~= 'running' then return { sweep.id, 'ended' } end
end
if args.maxQueued and redis.call('SCARD', waiting_of('owner:' .. (owner or ''))) >= args.maxQueued then return { '', 'quota' } end
if parent and not field(parent, 'id') then return { parent, 'gone' } end

local id = new_id(args.suffix)
redis.call('HSET', record(id), 'id', id, 'createdAt', now, 'queue', args.queue, 'dispatch', 0, 'failures', 0, unpack(args.fields))
redis.call('ZADD', index_of('all'), 0, id)
set_tags(id, args.tags)
set_terms(id, 'name', args.nameTerms)
set_terms(id, 'tag', args.tagTerms)
if sweep then
  redis.call('HSET', record(id), 'sweep', sweep.id, 'trial', sweep.trial)
  redis.call('HSET', sweep_key(sweep.id, ':trials'), sweep.trial, id)
end
if owner then
  redis.call('HSET', record(id), 'owner', owner)
  redis.call('ZADD', index_of('owner:' .. owner), 0, id)
end
for _, epoch in ipairs(args.expected) do
  redis.call('RPUSH', record(id) .. ':expected', epoch)
end
if args.expectedHashes ~= '' then redis.call('SET', record(id) .. ':expected-hashes', args.expectedHashes) end
redis.call('SADD', prefix .. ':queues', args.queue)
if args.checkpointToken then redis.call('HSET', prefix .. ':initial-checkpoints', args.checkpointToken, id) end
for _, epoch in ipairs(args.inherited) do
  redis.call('RPUSH', record(id) .. ':epochs', epoch)
end
if #args.inherited > 0 then redis.call('HSET', record(id), 'latest', args.inherited[#args.inherited]) end
if idempotency then redis.call('SET', idempotency, args.idempotency.bodyHash .. ' ' .. id, 'EX', 86400) end
enqueue(id, #args.inherited > 0 and 'forked' or 'submitted', 0)
return { id, 'created' }
