-- The hosts' clocks need not agree, so times are those of Redis.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) -- ms

-- begins with the time in microseconds in base 36, so that ids sort by creation; ten digits of it last until 2086
local function new_id(suffix)
  local digits, rest, id = '0123456789abcdefghijklmnopqrstuvwxyz', clock[1] * 1000000 + clock[2], ''
  for _ = 1, 10 do
    local digit = rest % 36
    id = string.sub(digits, digit + 1, digit + 1) .. id
    rest = (rest - digit) / 36
  end
  return id .. suffix
end

-- now as ISO 8601; the date as in Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days
local function iso_time()
  local seconds = math.floor(now / 1000)
  local days = math.floor(seconds / 86400) + 719468 -- since 1 March of the year 0
  local second_of_day = seconds % 86400
  local era = math.floor(days / 146097)
  local day_of_era = days - era * 146097
  local year_of_era =
    math.floor((day_of_era - math.floor(day_of_era / 1460) + math.floor(day_of_era / 36524) - math.floor(day_of_era / 146096)) / 365)
  local day_of_year = day_of_era - (365 * year_of_era + math.floor(year_of_era / 4) - math.floor(year_of_era / 100))
  local month_from_march = math.floor((5 * day_of_year + 2) / 153)
  local day = day_of_year - math.floor((153 * month_from_march + 2) / 5) + 1
  local month = month_from_march < 10 and month_from_march + 3 or month_from_march - 9
  local year = year_of_era + era * 400 + (month <= 2 and 1 or 0)
  local hour, minute = math.floor(second_of_day / 3600), math.floor(second_of_day / 60) % 60
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, day, hour, minute, second_of_day % 60, now % 1000)
end

-- a JSON object with the time as its last member
local function stamp(json) return string.sub(json, 1, -2) .. ',"at":"' .. iso_time() .. '"}' end
