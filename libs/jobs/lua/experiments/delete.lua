#!lua flags=allow-oom
-- Removes all that Redis has of an ended experiment. The garbage collection of artifacts finds its files by `deleted`.
-- KEYS: prefix
-- ARGS: { id }
-- RETURNS: the state it found, or 'missing'
--- @include "indexes"
--- @include "lifecycle/states"
local id = cjson.decode(ARGV[1]).id
local state = field(id, 'state')
if not terminal[state] then return state or 'missing' end
set_tags(id, '[]')
set_terms(id, 'name', '[]')
set_terms(id, 'tag', '[]')
each_result(id, function(index, member) redis.call('ZREM', index, member) end)
for _, index in ipairs({ 'all', 'state:' .. state, 'owner:' .. (field(id, 'owner') or '') }) do
  redis.call('ZREM', index_of(index), id)
end
redis.call('ZREM', prefix .. ':ended', id)
for _, part in ipairs({ '', ':epochs', ':losses', ':layers', ':hashes', ':logs', ':events', ':packed' }) do
  redis.call('UNLINK', record(id) .. part)
end
redis.call('ZADD', prefix .. ':deleted', now, id)
return state
