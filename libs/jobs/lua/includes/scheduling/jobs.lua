--- @include "record"

-- the experiment of a job that can still be claimed
local function claimable(job)
  local id, dispatch = string.match(job, '^(.*)-(.*)$')
  return id and field(id, 'state') == 'queued' and field(id, 'dispatch') == dispatch and id or nil
end
