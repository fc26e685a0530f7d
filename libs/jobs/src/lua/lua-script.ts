import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { z } from 'zod'
import { redisErrorCode } from '../redis/redis-errors.ts'

type ScriptArgument = string | number | Buffer
export type Script<Answer> = (...args: ScriptArgument[]) => Promise<Answer>

/** A Lua script as a function: by its SHA-1, and whole where Redis does not hold it yet (a restarted Redis has forgotten it). */
export function createScript<Answer>(options: { redis: Redis; prefix: string; lua: string; answer: z.ZodType<Answer> }): Script<Answer> {
  const { redis, prefix, lua, answer } = options
  const sha = createHash('sha1').update(lua).digest('hex')
  return async (...args) => {
    const reply: unknown = await redis.evalsha(sha, 1, prefix, ...args).catch((error: unknown) => {
      if (redisErrorCode(error) === 'NOSCRIPT') return redis.eval(lua, 1, prefix, ...args)
      throw error
    })
    return answer.parse(reply)
  }
}
