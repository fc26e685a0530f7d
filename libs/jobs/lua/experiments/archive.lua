#!lua flags=allow-oom
-- Removes from Redis what the archive has of an ended experiment, and keeps its epochs packed.
-- KEYS: prefix
-- ARGS: { id } · bytes: its epochs, packed, or ''
-- RETURNS: 1, or 0 where the experiment has been deleted
--- @include "lifecycle/states"
local id = cjson.decode(ARGV[1]).id
redis.call('ZREM', prefix .. ':ended', id)
if not terminal[field(id, 'state')] then return 0 end
redis.call('HSET', record(id), 'archived', 1)
if ARGV[2] ~= '' then redis.call('SET', record(id) .. ':packed', ARGV[2]) end
for _, part in ipairs({ ':epochs', ':losses', ':layers', ':hashes', ':logs' }) do
  redis.call('UNLINK', record(id) .. part)
end
return 1
