#!lua flags=allow-oom
-- What of the outbox is due; drops what is stale.
-- KEYS: prefix
-- ARGS: { count: at most }
-- RETURNS: { id, dispatch, queue, priority, whether it was recovered (1 or 0), start tag }[]
--- @include "clock"
--- @include "scheduling/jobs"
local due = {}
for _, job in ipairs(redis.call('ZRANGEBYSCORE', prefix .. ':outbox', '-inf', now, 'LIMIT', 0, cjson.decode(ARGV[1]).count)) do
  local id = claimable(job)
  if id then
    local dispatch, queue, priority, recovered, tag =
      unpack(redis.call('HMGET', record(id), 'dispatch', 'queue', 'priority', 'recovered', 'startTag'))
    table.insert(due, { id, tonumber(dispatch), queue, tonumber(priority), tonumber(recovered or 0), tonumber(tag or 0) })
  else
    redis.call('ZREM', prefix .. ':outbox', job)
  end
end
return due
