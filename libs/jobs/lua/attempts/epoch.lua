#!lua flags=allow-oom
-- Records an epoch. Epochs are gapless: the next one is appended, an equal one changes nothing, another value replaces it.
-- What an attempt repeats of an earlier one is noted with it, and what a replay repeats of its original with the replay.
-- KEYS: prefix
-- ARGS: EpochArgs (attempt-scripts.ts)
-- RETURNS: 'ok' | 'fenced'
--- @include "fence"
--- @include "lifecycle/asha"
--- @include "lifecycle/attempts"
if field(id, 'stopEarly') then return 'ok' end -- what a trial computes until it receives its stop
local epoch, epochs, hashes = args.epoch, record(id) .. ':epochs', table.concat(args.layerHashes)
local count = redis.call('LLEN', epochs)
if epoch > count + 1 then return redis.error_reply('GAP epoch ' .. epoch .. ' comes after epoch ' .. count) end

-- what a rerun must repeat: epoch-json.ts writes it first
local function result_of(json) return string.match(json, '^(.-),"seconds":') end

local previous = redis.call('LINDEX', epochs, epoch - 1)
local equal = previous and result_of(previous) == result_of(args.result)

if previous and cjson.decode(previous).attempt ~= tonumber(field(id, 'attempt')) then
  update_attempt(id, function(attempt)
    local so_far = attempt.repeated
    if not so_far or so_far == cjson.null then so_far = { firstEpoch = epoch, lastEpoch = epoch - 1, matched = true } end
    if epoch > so_far.lastEpoch then
      attempt.repeated = { firstEpoch = so_far.firstEpoch, lastEpoch = epoch, matched = so_far.matched and equal }
    end
  end)
end

-- the first layer whose hash differs from the original's
local function first_difference()
  local original = redis.call('GETRANGE', record(id) .. ':expected-hashes', (epoch - 1) * #hashes, epoch * #hashes - 1)
  for layer, hash in ipairs(args.layerHashes) do
    if string.sub(original, (layer - 1) * #hash + 1, layer * #hash) ~= hash then return layer end
  end
  return cjson.null
end

local function compare_with_original()
  local replay = cjson.decode(field(id, 'replay') or '{"comparedEpochs":0,"difference":null}')
  local expected = redis.call('LINDEX', record(id) .. ':expected', epoch - 1)
  if not expected or epoch <= replay.comparedEpochs then return end
  replay.comparedEpochs = epoch
  if replay.difference == cjson.null and result_of(expected) ~= result_of(args.result) then
    replay.difference = { epoch = epoch, layer = first_difference() }
  end
  redis.call('HSET', record(id), 'replay', to_json(replay))
end

redis.call('SETRANGE', record(id) .. ':hashes', (epoch - 1 - args.parentEpochs) * #hashes, hashes)
if field(id, 'replayOf') then compare_with_original() end
if equal then return 'ok' end

local result = cjson.decode(args.result)
observe('epoch', result.seconds, args.secondsBounds)
incr_counter('images', args.images)
if previous then
  redis.call('LSET', epochs, epoch - 1, stamp(args.result))
else
  redis.call('RPUSH', epochs, stamp(args.result))
end
redis.call('HSET', record(id), 'latest', redis.call('LINDEX', epochs, -1), 'best', redis.call('LINDEX', epochs, args.best - 1))
apply_asha_rung(id, epoch, result)
emit(id, 'epoch', stamp(previous and string.sub(args.result, 1, -2) .. ',"replaces":true}' or args.result))
return 'ok'
