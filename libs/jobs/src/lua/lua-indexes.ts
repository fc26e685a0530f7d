/** What lists are read from: sorted sets whose members stand in the order of their text, so that a page costs the same wherever it lies. */
export const INDEXES = `
local function index_of(name) return prefix .. ':index:' .. name end

-- the words of its name or of its tags, in place of those they had; 'words' keeps every word in use, so that the beginning of one finds it
local function set_words(id, source, words)
  local others = {}
  for _, word in ipairs(list(id, source == 'name' and 'tagWords' or 'nameWords')) do others[word] = true end
  for _, word in ipairs(list(id, source .. 'Words')) do
    if not others[word] then redis.call('ZREM', index_of('word:' .. word), id) end
    if redis.call('EXISTS', index_of('word:' .. word)) == 0 then redis.call('ZREM', index_of('words'), word) end
  end
  for _, word in ipairs(cjson.decode(words)) do
    redis.call('ZADD', index_of('word:' .. word), 0, id)
    redis.call('ZADD', index_of('words'), 0, word)
  end
  if words == '[]' then redis.call('HDEL', record(id), source .. 'Words') else redis.call('HSET', record(id), source .. 'Words', words) end
end

-- in place of those it has
local function set_tags(id, tags)
  for _, tag in ipairs(list(id, 'tags')) do redis.call('ZREM', index_of('tag:' .. tag), id) end
  for _, tag in ipairs(cjson.decode(tags)) do redis.call('ZADD', index_of('tag:' .. tag), 0, id) end
  redis.call('HSET', record(id), 'tags', tags)
end

-- sixteen hexadecimal digits whose order is that of the numbers: the sign's bit turned over, of negative ones all bits
local function sortable(number)
  local bytes = { string.byte(struct.pack('>d', number), 1, 8) }
  for i, byte in ipairs(bytes) do
    bytes[i] = string.format('%02x', number < 0 and 255 - byte or i == 1 and byte + 128 or byte)
  end
  return table.concat(bytes)
end

-- what finished experiments are sorted by: of the best epoch, whose row epoch-row.ts writes, and when and how long
local function results_of(id)
  local row = cjson.decode(field(id, 'best') or '[]')
  local started, finished = tonumber(field(id, 'startedAt')), tonumber(field(id, 'finishedAt'))
  return {
    loss = row[2], accuracy = row[3], evalLoss = row[5], evalAccuracy = row[6],
    finishedAt = finished, duration = started and finished and finished - started,
  }
end

local function each_result(id, command)
  for name, value in pairs(results_of(id)) do
    -- NaN and the infinities are texts
    if type(value) == 'number' then
      local member = sortable(value) .. id
      if command == 'ZADD' then
        redis.call('ZADD', index_of('by:' .. name), 0, member)
      else
        redis.call('ZREM', index_of('by:' .. name), member)
      end
    end
  end
end
`
