--- @include "record"
--- @include "clock"

local function sweep_key(sweep, part) return prefix .. ':sweep:' .. sweep .. (part or '') end

-- the trial has ended: perhaps the last one
local function end_trial(id)
  local sweep = field(id, 'sweep')
  if not sweep then return end
  local key = sweep_key(sweep)
  local ended = redis.call('HINCRBY', key, 'ended', 1)
  if redis.call('HGET', key, 'state') == 'running' and ended >= tonumber(redis.call('HGET', key, 'trials')) then
    redis.call('HSET', key, 'state', 'completed', 'finishedAt', now)
    redis.call('HDEL', prefix .. ':limits', 'sweep:' .. sweep)
  end
end
