--- @include "record"

-- What the whole fleet has done, counted where it happens, so that every API process has all of it (fleet-metrics.ts).
local function incr_counter(name, by) redis.call('HINCRBYFLOAT', prefix .. ':metrics', name, by or 1) end

-- into the first bucket that holds the value; the reader adds them up
local function observe(name, seconds, bounds)
  local bucket = 'Infinity'
  for _, bound in ipairs(bounds) do
    if seconds <= bound then
      bucket = tostring(bound)
      break
    end
  end
  incr_counter(name .. ':bucket:' .. bucket)
  incr_counter(name .. ':sum', seconds)
end
