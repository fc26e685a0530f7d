#!lua flags=allow-oom
-- The jobs of queued experiments that no worker will claim, because BullMQ lacks them or calls them active; the one just being
-- claimed is among them, so dispatch again only what stays. Only reads BullMQ's keys.
-- KEYS: prefix
-- ARGS: { after: the queued experiment to go on from, or '', count: how many of the queued to look at }
-- RETURNS: { where to go on from, or '', jobs }
--- @include "scheduling/jobs"
local args = cjson.decode(ARGV[1])
local jobs, queued = {}, prefix .. ':index:state:queued'
for _, queue in ipairs(redis.call('SMEMBERS', prefix .. ':queues')) do
  for _, job in ipairs(redis.call('LRANGE', prefix .. ':' .. queue .. ':active', 0, -1)) do
    if claimable(job) then table.insert(jobs, job) end
  end
end
local from = args.after == '' and '-' or '(' .. args.after
local page = redis.call('ZRANGE', queued, from, '+', 'BYLEX', 'LIMIT', 0, args.count)
for _, id in ipairs(page) do
  local job = job_id(id)
  local delivered = field(id, 'throttledBy')
    or redis.call('ZSCORE', prefix .. ':outbox', job)
    or redis.call('EXISTS', prefix .. ':' .. field(id, 'queue') .. ':' .. job) == 1
  if not delivered then table.insert(jobs, job) end
end
return { #page < args.count and '' or page[#page], jobs }
