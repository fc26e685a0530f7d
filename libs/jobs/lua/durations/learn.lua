#!lua flags=allow-oom
-- Each mean follows its latest five runs; a month after the last one it expires.
-- KEYS: prefix
-- ARGS: { pool, names: of the means, measured: { setUp, ending: seconds, epoch: ln(measured ÷ cost model's) } }
-- RETURNS: 'ok'
local args = cjson.decode(ARGV[1])
for _, name in ipairs(args.names) do
  local key = KEYS[1] .. ':durations:' .. args.pool .. ':' .. name
  local share = 1 / math.min(redis.call('HINCRBY', key, 'runs', 1), 5)
  for part, value in pairs(args.measured) do
    local before = tonumber(redis.call('HGET', key, part) or value)
    redis.call('HSET', key, part, tostring(before + share * (value - before)))
  end
  redis.call('EXPIRE', key, 30 * 24 * 3600)
end
return 'ok'
