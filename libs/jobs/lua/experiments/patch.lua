#!lua flags=allow-oom
-- What is absent stays as it is. Another priority has it queued again.
-- KEYS: prefix
-- ARGS: PatchArgs (experiment-scripts.ts)
-- RETURNS: 'patched', or the state that does not allow it, or 'missing'
--- @include "indexes"
--- @include "lifecycle/states"
local args = cjson.decode(ARGV[1])
local id = args.id
local state, priority = field(id, 'state'), args.priority
if not state then return 'missing' end
if priority and terminal[state] then return state end
if #args.removed > 0 then redis.call('HDEL', record(id), unpack(args.removed)) end
if #args.fields > 0 then redis.call('HSET', record(id), unpack(args.fields)) end
if args.tags then set_tags(id, args.tags) end
if args.nameTerms then set_terms(id, 'name', args.nameTerms) end
if args.tagTerms then set_terms(id, 'tag', args.tagTerms) end
if priority and priority ~= tonumber(field(id, 'priority')) then
  redis.call('HSET', record(id), 'priority', priority)
  redis.call('HDEL', record(id), 'startTag')
  if state == 'queued' then
    unpark(id)
    enqueue(id, nil, 0)
  end
end
return 'patched'
