import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from './lua-script.ts'
import { fenced } from './lua-library.ts'

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
redis.call('HSET', record(id), 'engine', ARGV[3], 'datasetHash', ARGV[4])`)

/** ARGV: id · token · progress as JSON. */
const PROGRESS = fenced(`
redis.call('HSET', record(id), 'progress', ARGV[3])
emit(id, 'progress', ARGV[3])`)

/** ARGV: id · token · steps before the first of these, over all epochs · losses as float32 · the event as JSON. Writing them twice changes nothing. */
const BATCHES = fenced(`
redis.call('SETRANGE', record(id) .. ':losses', 4 * ARGV[3], ARGV[4])
emit(id, 'batch', ARGV[5])`)

/**
 * ARGV: id · token · epoch · its row up to what a rerun may change (epoch-row.ts) · seconds · the event as JSON.
 * Epochs are gapless: the next one is appended, an equal one changes nothing, another value replaces the point and looks for the best anew.
 */
const EPOCH = fenced(`
local rows, best = record(id) .. ':epochs', field(id, 'best')
local epoch, values, count = tonumber(ARGV[3]), ARGV[4], redis.call('LLEN', record(id) .. ':epochs')
if epoch > count + 1 then return redis.error_reply('GAP epoch ' .. epoch .. ' comes after epoch ' .. count) end
local held = redis.call('LINDEX', rows, epoch - 1)
if held and string.sub(held, 1, #values) == values then return 'ok' end

-- as contracts' isBetterEpoch: rows hold the loss second and evalAccuracy sixth; NaN is never better
local function better(row, than)
  if not than then return true end
  local a, b = cjson.decode(row), cjson.decode(than)
  if a[6] ~= cjson.null and b[6] ~= cjson.null then return tonumber(a[6]) > tonumber(b[6]) end
  return tonumber(a[2]) < tonumber(b[2])
end

local row = values .. ARGV[5] .. ',' .. field(id, 'attempt') .. ',' .. string.format('%.0f', now) .. ']'
if held then
  redis.call('LSET', rows, epoch - 1, row)
  best = nil
  for _, each in ipairs(redis.call('LRANGE', rows, 0, -1)) do
    if better(each, best) then best = each end
  end
else
  redis.call('RPUSH', rows, row)
  if better(row, best) then best = row end
end
redis.call('HSET', record(id), 'latest', redis.call('LINDEX', rows, -1), 'best', best)
emit(id, 'epoch', string.sub(ARGV[6], 1, -2) .. ',"attempt":' .. field(id, 'attempt') .. (held and ',"replaces":true}' or '}'))`)

/** ARGV: id · token · epoch · its row · the event as JSON. Gapless and repeatable, as epochs are. */
const LAYERS = fenced(`
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

/** ARGV: id · token · the line as JSON. The latest thousand are kept. */
const LOG = fenced(`
redis.call('RPUSH', record(id) .. ':logs', string.format('%.0f', now) .. ' ' .. ARGV[3])
redis.call('LTRIM', record(id) .. ':logs', -1000, -1)
emit(id, 'log', ARGV[3])`)

/** ARGV: id · token · its epoch · the checkpoint as JSON. Only a recorded one counts. A newer one ends a row of failures. */
const CHECKPOINT = fenced(`
local held = field(id, 'checkpoint')
if not held or cjson.decode(held).epoch < tonumber(ARGV[3]) then redis.call('HSET', record(id), 'failures', 0) end
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
