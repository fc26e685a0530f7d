#!lua flags=allow-oom
-- The latest thousand lines are kept; one that is written again changes nothing.
-- KEYS: prefix
-- ARGS: { id, token, line (JSON), number (among the attempt's, from 1) }
-- RETURNS: 'ok' | 'fenced'
--- @include "fence"
--- @include "clock"
--- @include "events"
local writer, number = string.match(field(id, 'logged') or '', '^(.*) (%d+)$')
if writer == token and tonumber(number) >= args.number then return 'ok' end
redis.call('HSET', record(id), 'logged', token .. ' ' .. args.number)
local line = stamp(args.line)
redis.call('RPUSH', record(id) .. ':logs', line)
redis.call('LTRIM', record(id) .. ':logs', -1000, -1)
emit(id, 'log', line)
return 'ok'
