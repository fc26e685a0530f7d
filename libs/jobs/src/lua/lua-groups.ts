/**
 * Who goes first. A group is an owner or a sweep; `limits` says how many of one may run at once. What would exceed it is held: it stays queued, but
 * out of BullMQ, until one of the group has ended. At equal priority owners take turns, by start-time fair queueing (Goyal, Vin and Cheng 1996,
 * "Start-time Fair Queueing"): an experiment's turn is one after its owner's last one, or that of the experiment that began last, whichever is later.
 */
export const GROUPS = `
local active = { running = true, pausing = true, canceling = true }
local queue -- below

local function groups_of(id)
  local groups = {}
  for _, kind in ipairs({ 'owner', 'sweep' }) do
    local whose = field(id, kind)
    if whose then table.insert(groups, kind .. ':' .. whose) end
  end
  return groups
end

local function waiting_of(group) return prefix .. ':waiting:' .. group end
local function running_of(group) return prefix .. ':running:' .. group end
local function held_of(group) return prefix .. ':held:' .. group end

-- room for how many more; nil: for any number
local function room_in(group)
  local limit = tonumber(redis.call('HGET', prefix .. ':limits', group) or nil)
  return limit and math.max(0, limit - redis.call('SCARD', running_of(group)))
end

-- the first of its groups that has no room for it
local function full_group(id)
  for _, group in ipairs(groups_of(id)) do
    if room_in(group) == 0 then return group end
  end
end

-- the ids of equal scores stand in the order of their creation
local function hold(id, group)
  redis.call('HSET', record(id), 'throttledBy', group)
  redis.call('ZADD', held_of(group), -tonumber(field(id, 'priority')), id)
end

local function let_go(id)
  local group = field(id, 'throttledBy')
  if not group then return end
  redis.call('HDEL', record(id), 'throttledBy')
  redis.call('ZREM', held_of(group), id)
end

local function release(group)
  local room = room_in(group)
  if room == 0 then return end
  for _, id in ipairs(redis.call('ZRANGE', held_of(group), 0, room and room - 1 or -1)) do
    let_go(id)
    queue(id, nil, 0)
  end
end

-- '' for any number; what is held goes on where there is room now, what runs already goes on anyway
local function set_limit(group, limit)
  if limit == '' then redis.call('HDEL', prefix .. ':limits', group) else redis.call('HSET', prefix .. ':limits', group, limit) end
  release(group)
end

-- who waits and who runs, as the state changes
local function regroup(id, from, state)
  if from == 'queued' and state ~= 'queued' then let_go(id) end
  for _, group in ipairs(groups_of(id)) do
    redis.call(state == 'queued' and 'SADD' or 'SREM', waiting_of(group), id)
    if active[state] and not active[from] then redis.call('SADD', running_of(group), id) end
    if active[from] and not active[state] then
      redis.call('SREM', running_of(group), id)
      release(group)
    end
  end
end

local function take_turn(id)
  local turns, level, owner = prefix .. ':turns', field(id, 'priority'), field(id, 'owner') or ''
  if redis.call('EXISTS', prefix .. ':index:state:queued') == 0 then redis.call('DEL', turns) end -- nobody to take turns with
  local begun, last = unpack(redis.call('HMGET', turns, level, level .. ':' .. owner))
  local turn = math.max(tonumber(begun or 0), tonumber(last or -1) + 1)
  redis.call('HSET', turns, level .. ':' .. owner, turn)
  redis.call('HSET', record(id), 'turn', turn)
end

local function begin_turn(id)
  local turns, level, turn = prefix .. ':turns', field(id, 'priority'), tonumber(field(id, 'turn') or 0)
  if turn > tonumber(redis.call('HGET', turns, level) or 0) then redis.call('HSET', turns, level, turn) end
end
`
