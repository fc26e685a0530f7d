/**
 * Asynchronous successive halving (Li et al. 2018, "A System for Massively Parallel Hyperparameter Tuning", arXiv:1810.05934), decided where an epoch is
 * recorded: no leader is needed. At each rung, minEpochs · η^k epochs, a trial goes on if it is among the best 1/η of those that have reached it so
 * far; it is stopped rather than paused, and before η have reached the rung all go on.
 */
export const SWEEPS = `
local function sweep_key(sweep, part) return prefix .. ':sweep:' .. sweep .. (part or '') end

-- the trial has ended: perhaps the last one
local function trial_ended(id)
  local sweep = field(id, 'sweep')
  if not sweep then return end
  local key = sweep_key(sweep)
  local ended = redis.call('HINCRBY', key, 'ended', 1)
  if redis.call('HGET', key, 'state') == 'running' and ended >= tonumber(redis.call('HGET', key, 'trials')) then
    redis.call('HSET', key, 'state', 'completed', 'finishedAt', now)
    redis.call('HDEL', prefix .. ':limits', 'sweep:' .. sweep)
  end
end

local function is_rung(epoch, first, factor)
  local rung = first
  while rung < epoch do rung = rung * factor end
  return rung == epoch
end

-- 'row' as epoch-row.ts writes it; NaN and what was not measured come last
local function climb(id, epoch, row)
  local sweep = field(id, 'sweep')
  if not sweep then return end
  local strategy, objective, first, factor, epochs =
    unpack(redis.call('HMGET', sweep_key(sweep), 'strategy', 'objective', 'minEpochs', 'reductionFactor', 'epochs'))
  if strategy ~= 'asha' then return end
  factor = tonumber(factor)
  if epoch >= tonumber(epochs) or not is_rung(epoch, tonumber(first), factor) then return end
  local value = cjson.decode(row)[({ loss = 2, accuracy = 3, evalLoss = 5, evalAccuracy = 6 })[objective]]
  local score = '-inf'
  if type(value) == 'number' then score = (objective == 'accuracy' or objective == 'evalAccuracy') and value or -value end
  local rung = sweep_key(sweep, ':rung:' .. epoch)
  if redis.call('ZADD', rung, 'NX', score, id) == 0 then return end -- decided when it came here first
  local count, better = redis.call('ZCARD', rung), redis.call('ZCOUNT', rung, '(' .. redis.call('ZSCORE', rung, id), '+inf')
  local best = math.max(1, math.floor(count / factor))
  if count < factor or better < best then return end
  local stop = { epoch = epoch, value = value == nil and cjson.null or value, place = better + 1, of = count, best = best }
  redis.call('HSET', record(id), 'stopEarly', cjson.encode(stop))
  redis.call('PUBLISH', prefix .. ':wishes', 'stop ' .. id)
end
`
