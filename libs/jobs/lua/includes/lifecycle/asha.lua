--- @include "lifecycle/sweeps"

-- Asynchronous successive halving (Li et al. 2018, "A System for Massively Parallel Hyperparameter Tuning", arXiv:1810.05934),
-- decided where an epoch is recorded: no leader is needed. At each rung, minEpochs · η^k epochs, a trial goes on if it is among
-- the best 1/η of those that have reached it so far; it is stopped rather than paused, and before η have reached the rung all go on.
local function is_rung(epoch, first, factor)
  local rung = first
  while rung < epoch do
    rung = rung * factor
  end
  return rung == epoch
end

-- result: the epoch; NaN and what was not measured come last
local function apply_asha_rung(id, epoch, result)
  local sweep = field(id, 'sweep')
  if not sweep then return end
  local strategy, objective, sign, first, factor, epochs =
    unpack(redis.call('HMGET', sweep_key(sweep), 'strategy', 'objective', 'sign', 'minEpochs', 'reductionFactor', 'epochs'))
  if strategy ~= 'asha' then return end
  factor = tonumber(factor)
  if epoch >= tonumber(epochs) or not is_rung(epoch, tonumber(first), factor) then return end
  local value = result[objective]
  local score = type(value) == 'number' and sign * value or '-inf'
  local rung = sweep_key(sweep, ':rung:' .. epoch)
  if redis.call('ZADD', rung, 'NX', score, id) == 0 then return end -- decided when it came here first
  local count, better = redis.call('ZCARD', rung), redis.call('ZCOUNT', rung, '(' .. redis.call('ZSCORE', rung, id), '+inf')
  local best = math.max(1, math.floor(count / factor))
  if count < factor or better < best then return end
  redis.call('HSET', record(id), 'stopEarly', to_json({ epoch = epoch, value = value, place = better + 1, of = count, best = best }))
  redis.call('PUBLISH', prefix .. ':commands', 'stop ' .. id)
end
