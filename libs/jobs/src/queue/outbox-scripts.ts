import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/lua-script.ts'
import { lasting } from '../lua/lua-library.ts'

/** ARGV: at most how many. Answers what is due as { id, dispatch, queue, priority, whether it was recovered (1 or 0), turn }; drops what is stale. */
const DUE = lasting(`
local due = {}
for _, job in ipairs(redis.call('ZRANGEBYSCORE', prefix .. ':outbox', '-inf', now, 'LIMIT', 0, ARGV[1])) do
  local id, dispatch = string.match(job, '^(.*)-(.*)$')
  if field(id, 'state') == 'queued' and field(id, 'dispatch') == dispatch then
    local priority, recovered, turn = unpack(redis.call('HMGET', record(id), 'priority', 'recovered', 'turn'))
    table.insert(due, { id, tonumber(dispatch), field(id, 'queue'), tonumber(priority), tonumber(recovered or 0), tonumber(turn or 0) })
  else
    redis.call('ZREM', prefix .. ':outbox', job)
  end
end
return due`)

/**
 * ARGV: the queued experiment to go on from, or '' · how many of the queued to look at. Answers { where to go on from, or '', jobs }: the jobs of
 * queued experiments that nobody will claim, because BullMQ lacks them or calls them active; the one just being claimed is among them, so
 * dispatch again only what stays. Only reads BullMQ's keys.
 */
const UNDELIVERED = lasting(`
local jobs, queued = {}, prefix .. ':index:state:queued'
for _, queue in ipairs(redis.call('SMEMBERS', prefix .. ':queues')) do
  for _, job in ipairs(redis.call('LRANGE', prefix .. ':' .. queue .. ':active', 0, -1)) do
    local id, dispatch = string.match(job, '^(.*)-(.*)$')
    if id and field(id, 'state') == 'queued' and field(id, 'dispatch') == dispatch then table.insert(jobs, job) end
  end
end
local from = ARGV[1] == '' and '-' or '(' .. ARGV[1]
local page = redis.call('ZRANGE', queued, from, '+', 'BYLEX', 'LIMIT', 0, ARGV[2])
for _, id in ipairs(page) do
  local job = job_id(id)
  local held = field(id, 'throttledBy') or redis.call('ZSCORE', prefix .. ':outbox', job)
    or redis.call('EXISTS', prefix .. ':' .. field(id, 'queue') .. ':' .. job) == 1
  if not held then table.insert(jobs, job) end
end
return { #page < tonumber(ARGV[2]) and '' or page[#page], jobs }`)

/** ARGV: jobs. Those that still wait to be claimed are dispatched again. Answers how many. */
const REDISPATCH = lasting(`
local count = 0
for _, job in ipairs(ARGV) do
  local id, dispatch = string.match(job, '^(.*)-(.*)$')
  if field(id, 'state') == 'queued' and field(id, 'dispatch') == dispatch and not field(id, 'throttledBy') then
    queue(id, nil, 0)
    count = count + 1
  end
end
return count`)

const DueJob = z.tuple([z.string(), z.int(), z.string(), z.int(), z.literal([0, 1]), z.int()])

export const outboxScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => ({
  due: createScript({ redis, prefix, lua: DUE, answer: z.array(DueJob) }),
  undelivered: createScript({ redis, prefix, lua: UNDELIVERED, answer: z.tuple([z.string(), z.array(z.string())]) }),
  redispatch: createScript({ redis, prefix, lua: REDISPATCH, answer: z.int() }),
})
