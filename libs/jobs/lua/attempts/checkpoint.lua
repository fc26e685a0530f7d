#!lua flags=allow-oom
-- Only a recorded checkpoint counts, and the one before it. A newer one ends a row of failures.
-- KEYS: prefix
-- ARGS: { id, token, epoch, checkpoint (JSON) }
-- RETURNS: 'ok' | 'fenced'
--- @include "fence"
if field(id, 'stopEarly') then return 'ok' end -- it may lie behind the last epoch that counts
local previous = field(id, 'checkpoint')
if not previous or cjson.decode(previous).epoch < args.epoch then redis.call('HSET', record(id), 'failures', 0) end
if previous and previous ~= args.checkpoint then redis.call('HSET', record(id), 'checkpointBefore', previous) end
redis.call('HSET', record(id), 'checkpoint', args.checkpoint)
return 'ok'
