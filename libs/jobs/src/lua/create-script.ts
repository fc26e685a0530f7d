import type { Redis } from 'ioredis'
import type { z } from 'zod'
import { redisErrorCode } from '../redis/redis-errors.ts'
import { loadScript } from './load-script.ts'

/** `bytes`: what is no text. */
export type Script<Args, Answer> = (args: Args, bytes?: Buffer) => Promise<Answer>

interface ScriptOptions<Answer> {
  redis: Redis
  prefix: string
  name: string
  answer: z.ZodType<Answer>
}

/**
 * A Lua script as a function: by its SHA-1, and whole where Redis does not hold it yet (a restarted Redis has an empty script cache).
 * Its arguments go as one JSON. What must stay exact text, such as numbers that are stored, goes as text within it.
 */
export function createScript<Args, Answer>({ redis, prefix, name, answer }: ScriptOptions<Answer>): Script<Args, Answer> {
  const { text, sha } = loadScript(name)
  return async (args, bytes) => {
    const argv = [JSON.stringify(args, toWellFormed), ...(bytes ? [bytes] : [])]
    const reply: unknown = await redis.evalsha(sha, 1, prefix, ...argv).catch((error: unknown) => {
      if (redisErrorCode(error) === 'NOSCRIPT') return redis.eval(text, 1, prefix, ...argv)
      throw error
    })
    return answer.parse(reply)
  }
}

/** cjson refuses half of a surrogate pair. */
const toWellFormed = (_name: string, value: unknown): unknown => (typeof value === 'string' ? value.toWellFormed() : value)
