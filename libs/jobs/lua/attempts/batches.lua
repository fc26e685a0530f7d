#!lua flags=allow-oom
-- Losses of consecutive steps. Writing them twice changes nothing.
-- KEYS: prefix
-- ARGS: { id, token, stepsBefore (over all epochs), event (JSON) } · bytes: the losses as float32
-- RETURNS: 'ok' | 'fenced'
--- @include "fence"
--- @include "events"
redis.call('SETRANGE', record(id) .. ':losses', 4 * args.stepsBefore, ARGV[2])
emit(id, 'batch', args.event)
return 'ok'
