#!lua flags=allow-oom
-- KEYS: prefix
-- ARGS: { id, token, progress (JSON) }
-- RETURNS: 'ok' | 'fenced'
--- @include "fence"
--- @include "events"
redis.call('HSET', record(id), 'progress', args.progress)
emit(id, 'progress', args.progress)
return 'ok'
