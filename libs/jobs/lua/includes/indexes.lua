--- @include "record"

-- Lists are read from sorted sets whose members stand in the order of their text: a page costs the same wherever it lies.
local function index_of(name) return prefix .. ':index:' .. name end

-- JSON: the search terms of its name or of its tags, in place of those it had; 'terms' keeps all in use, for a search by their beginnings
local function set_terms(id, source, json)
  local others = {}
  for _, term in ipairs(list(id, source == 'name' and 'tagTerms' or 'nameTerms')) do
    others[term] = true
  end
  for _, term in ipairs(list(id, source .. 'Terms')) do
    if not others[term] then redis.call('ZREM', index_of('term:' .. term), id) end
    if redis.call('EXISTS', index_of('term:' .. term)) == 0 then redis.call('ZREM', index_of('terms'), term) end
  end
  for _, term in ipairs(cjson.decode(json)) do
    redis.call('ZADD', index_of('term:' .. term), 0, id)
    redis.call('ZADD', index_of('terms'), 0, term)
  end
  if json == '[]' then
    redis.call('HDEL', record(id), source .. 'Terms')
  else
    redis.call('HSET', record(id), source .. 'Terms', json)
  end
end

-- JSON: in place of those it has
local function set_tags(id, json)
  for _, tag in ipairs(list(id, 'tags')) do
    redis.call('ZREM', index_of('tag:' .. tag), id)
  end
  for _, tag in ipairs(cjson.decode(json)) do
    redis.call('ZADD', index_of('tag:' .. tag), 0, id)
  end
  redis.call('HSET', record(id), 'tags', json)
end
