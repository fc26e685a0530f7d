--- @include "record"

-- A group is an owner or a sweep; `limits` holds how many of one may run at once. What would exceed it is parked: it stays
-- queued, but out of BullMQ, until one of the group has ended.
local active = { running = true, pausing = true, canceling = true }
local enqueue -- in states.lua

local function groups_of(id)
  local groups = {}
  for _, kind in ipairs({ 'owner', 'sweep' }) do
    local name = field(id, kind)
    if name then table.insert(groups, kind .. ':' .. name) end
  end
  return groups
end

local function waiting_of(group) return prefix .. ':waiting:' .. group end
local function running_of(group) return prefix .. ':running:' .. group end
local function parked_of(group) return prefix .. ':parked:' .. group end

-- how many more may run; nil: any number
local function free_slots(group)
  local limit = tonumber(redis.call('HGET', prefix .. ':limits', group) or nil)
  return limit and math.max(0, limit - redis.call('SCARD', running_of(group)))
end

-- the first of its groups that is at its limit
local function full_group(id)
  for _, group in ipairs(groups_of(id)) do
    if free_slots(group) == 0 then return group end
  end
end

-- the ids of equal scores stand in the order of their creation
local function park(id, group)
  redis.call('HSET', record(id), 'throttledBy', group)
  redis.call('ZADD', parked_of(group), -tonumber(field(id, 'priority')), id)
end

local function unpark(id)
  local group = field(id, 'throttledBy')
  if not group then return end
  redis.call('HDEL', record(id), 'throttledBy')
  redis.call('ZREM', parked_of(group), id)
end

local function unpark_group(group)
  local free = free_slots(group)
  if free == 0 then return end
  for _, id in ipairs(redis.call('ZRANGE', parked_of(group), 0, free and free - 1 or -1)) do
    unpark(id)
    enqueue(id, nil, 0)
  end
end

-- nil for any number; what runs already goes on anyway
local function set_limit(group, limit)
  if limit then
    redis.call('HSET', prefix .. ':limits', group, limit)
  else
    redis.call('HDEL', prefix .. ':limits', group)
  end
  unpark_group(group)
end

-- which of a group wait and which run, as the state changes
local function update_group(id, from, state)
  if from == 'queued' and state ~= 'queued' then unpark(id) end
  for _, group in ipairs(groups_of(id)) do
    redis.call(state == 'queued' and 'SADD' or 'SREM', waiting_of(group), id)
    if active[state] and not active[from] then redis.call('SADD', running_of(group), id) end
    if active[from] and not active[state] then
      redis.call('SREM', running_of(group), id)
      unpark_group(group)
    end
  end
end
