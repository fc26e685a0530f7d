import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/lua-script.ts'
import { fenced } from '../lua/lua-library.ts'

/** Hexadecimal digits of one layer's hash. */
const HASH_LENGTH = 16

/** ARGV: id · token · engine as JSON · dataset's hash · epoch resumed from. */
const STARTED = fenced(`
amend_attempt(id, function(attempt, before)
  attempt.engine = cjson.decode(ARGV[3])
  attempt.resumedFromEpoch = tonumber(ARGV[5])
  local engine = before and before.engine ~= cjson.null and before.engine
  for _, name in ipairs({ 'name', 'version', 'device', 'threads' }) do
    if engine and engine[name] ~= attempt.engine[name] then attempt.environmentChanged = true end
  end
end)
redis.call('HSET', record(id), 'engine', ARGV[3], 'datasetHash', ARGV[4])
-- a checkpoint that this attempt could not use must not come before the one that it did
for _ = 1, 2 do
  local newest = field(id, 'checkpoint')
  if not newest or cjson.decode(newest).epoch <= tonumber(ARGV[5]) then break end
  local before = field(id, 'checkpointBefore')
  redis.call('HDEL', record(id), 'checkpoint', 'checkpointBefore')
  if before then redis.call('HSET', record(id), 'checkpoint', before) end
end`)

/** ARGV: id · token · progress as JSON. */
const PROGRESS = fenced(`
redis.call('HSET', record(id), 'progress', ARGV[3])
emit(id, 'progress', ARGV[3])`)

/** ARGV: id · token · steps before the first of these, over all epochs · losses as float32 · the event as JSON. Writing them twice changes nothing. */
const BATCHES = fenced(`
redis.call('SETRANGE', record(id) .. ':losses', 4 * ARGV[3], ARGV[4])
emit(id, 'batch', ARGV[5])`)

/**
 * ARGV: id · token · epoch · its row up to the hash of its weights (epoch-row.ts) · that hash and the comma after it · seconds · the event as JSON ·
 * the layers' hashes, one behind the other · epochs of the parent before its own · images of the train split.
 * Epochs are gapless: the next one is appended, an equal one changes nothing, another value replaces the point and looks for the best anew. What an
 * attempt repeats of an earlier one is noted with it, and what a replay repeats of its original with the replay.
 */
const EPOCH = fenced(`
if field(id, 'stopEarly') then return 'ok' end -- what a trial computes until it hears of its stop
local rows, best = record(id) .. ':epochs', field(id, 'best')
local epoch, values, count, from = tonumber(ARGV[3]), ARGV[4] .. ARGV[5], redis.call('LLEN', record(id) .. ':epochs'), tonumber(ARGV[9])
if epoch > count + 1 then return redis.error_reply('GAP epoch ' .. epoch .. ' comes after epoch ' .. count) end
local held = redis.call('LINDEX', rows, epoch - 1)
local equal = held and string.sub(held, 1, #values) == values
-- a version before hashes wrote the row
local unhashed = held and not equal and string.sub(held, 1, #ARGV[4]) == ARGV[4] and not string.find(string.sub(held, #ARGV[4] + 1), '^["n]')

local function repeats_another_attempt()
  return held and tonumber(string.match(held, ',(%d+),%d+%]$')) ~= tonumber(field(id, 'attempt'))
end
if repeats_another_attempt() then
  amend_attempt(id, function(attempt)
    local so_far = attempt.repeated
    if not so_far or so_far == cjson.null then so_far = { firstEpoch = epoch, lastEpoch = epoch - 1, matched = true } end
    if epoch > so_far.lastEpoch then
      attempt.repeated = { firstEpoch = so_far.firstEpoch, lastEpoch = epoch, matched = so_far.matched and (equal or unhashed) }
    end
  end)
end

redis.call('SETRANGE', record(id) .. ':hashes', (epoch - 1 - from) * #ARGV[8], ARGV[8])
local original = field(id, 'replayOf')
if original then
  local replay = cjson.decode(field(id, 'replay') or '{"comparedEpochs":0,"difference":null}')
  local row = redis.call('LINDEX', record(id) .. ':expected', epoch - 1)
  if row and epoch > replay.comparedEpochs then
    replay.comparedEpochs = epoch
    if replay.difference == cjson.null and string.sub(row, 1, #values) ~= values then
      local hashes = redis.call('GETRANGE', record(id) .. ':expected-hashes', (epoch - 1) * #ARGV[8], epoch * #ARGV[8] - 1)
      local layer = cjson.null
      for i = #ARGV[8] / ${HASH_LENGTH}, 1, -1 do
        local first, last = (i - 1) * ${HASH_LENGTH} + 1, i * ${HASH_LENGTH}
        if string.sub(hashes, first, last) ~= string.sub(ARGV[8], first, last) then layer = i end
      end
      replay.difference = { epoch = epoch, layer = layer }
    end
    redis.call('HSET', record(id), 'replay', cjson.encode(replay))
  end
end
if equal then return 'ok' end

-- as contracts' isBetterEpoch: rows hold the loss second and evalAccuracy sixth; NaN is never better
local function better(row, than)
  if not than then return true end
  local a, b = cjson.decode(row), cjson.decode(than)
  if a[6] ~= cjson.null and b[6] ~= cjson.null then return tonumber(a[6]) > tonumber(b[6]) end
  return tonumber(a[2]) < tonumber(b[2])
end

observe('epoch', tonumber(ARGV[6]), EPOCH_BOUNDS)
tally('images', tonumber(ARGV[10]))
local row = values .. ARGV[6] .. ',' .. field(id, 'attempt') .. ',' .. string.format('%.0f', now) .. ']'
if held then
  redis.call('LSET', rows, epoch - 1, row)
  best = nil
  for _, each in ipairs(redis.call('LRANGE', rows, from, -1)) do
    if better(each, best) then best = each end
  end
else
  redis.call('RPUSH', rows, row)
  if better(row, best) then best = row end
end
redis.call('HSET', record(id), 'latest', redis.call('LINDEX', rows, -1), 'best', best)
climb(id, epoch, row)
emit(id, 'epoch', string.sub(ARGV[7], 1, -2) .. ',"attempt":' .. field(id, 'attempt') .. (held and ',"replaces":true}' or '}'))`)

/** ARGV: id · token · epoch, of a fork counted from its own first one · its row · the event as JSON. Gapless and repeatable, as epochs are. */
const LAYERS = fenced(`
if field(id, 'stopEarly') and tonumber(ARGV[3]) > redis.call('LLEN', record(id) .. ':epochs') then return 'ok' end
local rows, epoch = record(id) .. ':layers', tonumber(ARGV[3])
local count = redis.call('LLEN', rows)
if epoch > count + 1 then return redis.error_reply('GAP layers of epoch ' .. epoch .. ' come after epoch ' .. count) end
local held = redis.call('LINDEX', rows, epoch - 1)
if held == ARGV[4] then return 'ok' end
if held then
  redis.call('LSET', rows, epoch - 1, ARGV[4])
else
  redis.call('RPUSH', rows, ARGV[4])
end
emit(id, 'layers', ARGV[5])`)

/** ARGV: id · token · the model as JSON. Only a recorded one counts. */
const MODEL = fenced(`
redis.call('HSET', record(id), 'model', ARGV[3])`)

/** ARGV: id · token · the line as JSON · its number among the attempt's. The latest thousand are kept; one that is written again changes nothing. */
const LOG = fenced(`
local writer, number = string.match(field(id, 'logged') or '', '^(.*) (%d+)$')
if writer == token and tonumber(number) >= tonumber(ARGV[4]) then return 'ok' end
redis.call('HSET', record(id), 'logged', token .. ' ' .. ARGV[4])
redis.call('RPUSH', record(id) .. ':logs', string.format('%.0f', now) .. ' ' .. ARGV[3])
redis.call('LTRIM', record(id) .. ':logs', -1000, -1)
emit(id, 'log', ARGV[3])`)

/** ARGV: id · token · its epoch · the checkpoint as JSON. Only a recorded one counts, and the one before it. A newer one ends a row of failures. */
const CHECKPOINT = fenced(`
if field(id, 'stopEarly') then return 'ok' end -- it may lie behind the last epoch that counts
local held = field(id, 'checkpoint')
if not held or cjson.decode(held).epoch < tonumber(ARGV[3]) then redis.call('HSET', record(id), 'failures', 0) end
if held and held ~= ARGV[4] then redis.call('HSET', record(id), 'checkpointBefore', held) end
redis.call('HSET', record(id), 'checkpoint', ARGV[4])`)

export const attemptScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => {
  const writer = (lua: string) => createScript({ redis, prefix, lua, answer: z.enum(['ok', 'fenced']) })
  return {
    started: writer(STARTED),
    progress: writer(PROGRESS),
    batches: writer(BATCHES),
    epoch: writer(EPOCH),
    layers: writer(LAYERS),
    model: writer(MODEL),
    log: writer(LOG),
    checkpoint: writer(CHECKPOINT),
  }
}
