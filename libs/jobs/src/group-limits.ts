import type { Redis } from 'ioredis'
import { z } from 'zod'
import { DEFAULT_PREFIX } from './keys.ts'
import { createScript } from './lua-script.ts'
import { lasting } from './lua-library.ts'
import { reaching } from './redis-errors.ts'

/** ARGV: group · limit or ''. What is held goes on where there is room now. */
const SET_LIMIT = lasting(`
local group, limit = ARGV[1], ARGV[2]
if limit == '' then
  redis.call('HDEL', prefix .. ':limits', group)
else
  redis.call('HSET', prefix .. ':limits', group, limit)
end
release(group)
return 'ok'`)

/** `owner:` or `sweep:` and whose: the experiments of which only so many may run at once. */
type Group = `owner:${string}` | `sweep:${string}`

/** Sets how many of a group may run at once; null: any number. What runs already goes on. */
export function createGroupLimits({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }) {
  const script = createScript({ redis, prefix, lua: SET_LIMIT, answer: z.literal('ok') })
  return (group: Group, limit: number | null): Promise<unknown> => reaching(() => script(group, limit ?? ''))
}
