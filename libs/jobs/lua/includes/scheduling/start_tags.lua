--- @include "record"

-- At equal priority owners alternate, by start-time fair queueing (Goyal, Vin and Cheng 1996, "Start-time Fair Queueing"): an
-- experiment's start tag is one after its owner's last, or the virtual time, whichever is later. The virtual time of a priority
-- is the start tag of the experiment that began last.
local function assign_start_tag(id)
  local tags, level, owner = prefix .. ':start-tags', field(id, 'priority'), field(id, 'owner') or ''
  if redis.call('EXISTS', prefix .. ':index:state:queued') == 0 then redis.call('DEL', tags) end -- no other owner waits
  local virtual_time, last = unpack(redis.call('HMGET', tags, level, level .. ':' .. owner))
  local tag = math.max(tonumber(virtual_time or 0), tonumber(last or -1) + 1)
  redis.call('HSET', tags, level .. ':' .. owner, tag)
  redis.call('HSET', record(id), 'startTag', tag)
end
