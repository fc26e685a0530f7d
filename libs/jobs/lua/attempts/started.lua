#!lua flags=allow-oom
-- The attempt's trainer runs: notes its engine, and where it resumed.
-- KEYS: prefix
-- ARGS: { id, token, engine (JSON), datasetHash, resumedFromEpoch }
-- RETURNS: 'ok' | 'fenced'
--- @include "fence"
--- @include "lifecycle/attempts"
update_attempt(id, function(attempt, before)
  attempt.engine = cjson.decode(args.engine)
  attempt.resumedFromEpoch = args.resumedFromEpoch
  local engine = before and before.engine ~= cjson.null and before.engine
  for _, name in ipairs({ 'name', 'version', 'device', 'threads' }) do
    if engine and engine[name] ~= attempt.engine[name] then attempt.environmentChanged = true end
  end
end)
redis.call('HSET', record(id), 'engine', args.engine, 'datasetHash', args.datasetHash)
-- a checkpoint that this attempt could not use must not come before the one that it did
for _ = 1, 2 do
  local newest = field(id, 'checkpoint')
  if not newest or cjson.decode(newest).epoch <= args.resumedFromEpoch then break end
  local before = field(id, 'checkpointBefore')
  redis.call('HDEL', record(id), 'checkpoint', 'checkpointBefore')
  if before then redis.call('HSET', record(id), 'checkpoint', before) end
end
return 'ok'
