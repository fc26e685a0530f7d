--- @include "indexes"

-- sixteen hexadecimal digits whose order is that of the numbers: the sign's bit turned over, of negative ones all bits
local function sortable(number)
  local bytes = { string.byte(struct.pack('>d', number), 1, 8) }
  for i, byte in ipairs(bytes) do
    bytes[i] = string.format('%02x', number < 0 and 255 - byte or i == 1 and byte + 128 or byte)
  end
  return table.concat(bytes)
end

-- what ended experiments are sorted by: of the best epoch, and when they ended and after how long
local function results_of(id)
  local best = cjson.decode(field(id, 'best') or '{}')
  local started, finished = tonumber(field(id, 'startedAt')), tonumber(field(id, 'finishedAt'))
  return {
    loss = best.loss,
    accuracy = best.accuracy,
    evalLoss = best.evalLoss,
    evalAccuracy = best.evalAccuracy,
    finishedAt = finished,
    duration = started and finished and finished - started,
  }
end

local function each_result(id, apply)
  for name, value in pairs(results_of(id)) do
    -- NaN and the infinities are texts
    if type(value) == 'number' then apply(index_of('by:' .. name), sortable(value) .. id) end
  end
end
