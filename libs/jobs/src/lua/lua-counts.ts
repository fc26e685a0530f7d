/** Upper bounds of the histograms' buckets, in seconds. */
export const WAIT_BOUNDS = [0.1, 0.3, 1, 3, 10, 30, 60, 300, 900, 3600, 10_800, 43_200]
export const EPOCH_BOUNDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000]

/** What the whole fleet has done, counted where it happens, so that every API process can tell all of it. `fleet-metrics.ts` reads it. */
export const COUNTS = `
local function tally(name, by) redis.call('HINCRBYFLOAT', prefix .. ':metrics', name, by or 1) end

-- into the first bucket that holds the value; whoever reads adds them up
local function observe(name, seconds, bounds)
  local bucket = 'Infinity'
  for _, bound in ipairs(bounds) do
    if seconds <= bound then bucket = tostring(bound) break end
  end
  tally(name .. ':bucket:' .. bucket)
  tally(name .. ':sum', seconds)
end
local WAIT_BOUNDS, EPOCH_BOUNDS = { ${WAIT_BOUNDS.join(', ')} }, { ${EPOCH_BOUNDS.join(', ')} }
`
