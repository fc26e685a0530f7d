--- @include "record"

-- The experiment's own stream has the ids that clients see; the feed carries a copy for the API processes.
local function emit(id, kind, data)
  local event = redis.call('XADD', record(id) .. ':events', 'MAXLEN', '~', 2000, '*', 'type', kind, 'data', data)
  redis.call('XADD', prefix .. ':feed', 'MAXLEN', '~', 10000, '*', 'experiment', id, 'event', event, 'type', kind, 'data', data)
end
