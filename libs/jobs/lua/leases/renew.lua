#!lua flags=allow-oom
-- Extends a worker's leases.
-- KEYS: prefix
-- ARGS: { leases: { id, token }[] }
-- RETURNS: for each 'renewed', 'cancel', 'pause' or 'stop' (renewed, but to be given up) or 'lost'
--- @include "clock"
--- @include "scheduling/leases"
--- @include "record"
local answers, commands = {}, { canceling = 'cancel', pausing = 'pause' }
for _, lease in ipairs(cjson.decode(ARGV[1]).leases) do
  local id = lease.id
  if field(id, 'token') ~= lease.token then
    table.insert(answers, 'lost')
  else
    redis.call('ZADD', prefix .. ':leases', now + LEASE_MS, id)
    table.insert(answers, commands[field(id, 'state')] or field(id, 'stopEarly') and 'stop' or 'renewed')
  end
end
return answers
