#!lua flags=allow-oom
-- Dispatches again those jobs that still wait to be claimed.
-- KEYS: prefix
-- ARGS: { jobs }
-- RETURNS: how many
--- @include "scheduling/jobs"
--- @include "lifecycle/states"
local count = 0
for _, job in ipairs(cjson.decode(ARGV[1]).jobs) do
  local id = claimable(job)
  if id and not field(id, 'throttledBy') then
    enqueue(id, nil, 0)
    count = count + 1
  end
end
return count
