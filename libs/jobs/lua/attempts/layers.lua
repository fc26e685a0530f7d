#!lua flags=allow-oom
-- The layers of an epoch: gapless and repeatable, as epochs are.
-- KEYS: prefix
-- ARGS: { id, token, epoch (of a fork counted from its own first one), row (JSON), event (JSON) }
-- RETURNS: 'ok' | 'fenced'
--- @include "fence"
--- @include "events"
local epoch, rows = args.epoch, record(id) .. ':layers'
if field(id, 'stopEarly') and epoch > redis.call('LLEN', record(id) .. ':epochs') then return 'ok' end
local count = redis.call('LLEN', rows)
if epoch > count + 1 then return redis.error_reply('GAP layers of epoch ' .. epoch .. ' come after epoch ' .. count) end
local previous = redis.call('LINDEX', rows, epoch - 1)
if previous == args.row then return 'ok' end
if previous then
  redis.call('LSET', rows, epoch - 1, args.row)
else
  redis.call('RPUSH', rows, args.row)
end
emit(id, 'layers', args.event)
return 'ok'
