-- Experiments as hashes. KEYS[1] is the prefix: all keys are made from it, so that its braces keep them in one slot.
local prefix = KEYS[1]

local function record(id) return prefix .. ':experiment:' .. id end
local function field(id, name) return redis.call('HGET', record(id), name) or nil end
local function list(id, name) return cjson.decode(field(id, name) or '[]') end
local function job_id(id) return id .. '-' .. field(id, 'dispatch') end

-- JSON with its keys sorted: the order of cjson's own differs between builds of Redis
local function to_json(value)
  if type(value) ~= 'table' then return cjson.encode(value) end
  local parts = {}
  if #value > 0 then
    for _, each in ipairs(value) do
      table.insert(parts, to_json(each))
    end
    return '[' .. table.concat(parts, ',') .. ']'
  end
  for name, each in pairs(value) do
    table.insert(parts, cjson.encode(name) .. ':' .. to_json(each))
  end
  table.sort(parts)
  return '{' .. table.concat(parts, ',') .. '}'
end
