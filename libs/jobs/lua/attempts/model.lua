#!lua flags=allow-oom
-- Only a recorded model counts.
-- KEYS: prefix
-- ARGS: { id, token, model (JSON) }
-- RETURNS: 'ok' | 'fenced'
--- @include "fence"
redis.call('HSET', record(id), 'model', args.model)
return 'ok'
