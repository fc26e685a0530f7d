import { ExpectedError } from '@trainyard/contracts'
import { ReplyError } from 'ioredis'
import { z } from 'zod'
import { RedisUnavailableError, StoreFullError } from '../errors.ts'

/** Redis is there but cannot serve yet, or not us: it loads its file, is a replica, cannot write to its disk, wants another password. */
const NOT_SERVING = new Set(['LOADING', 'MASTERDOWN', 'READONLY', 'CLUSTERDOWN', 'BUSY', 'MISCONF', 'NOREPLICAS', 'NOAUTH', 'WRONGPASS'])

/** The first word of Redis's error reply, which its protocol defines as the error's kind; null for any other error. */
export function redisErrorCode(error: unknown): string | null {
  return error instanceof ReplyError && error instanceof Error ? (error.message.split(' ', 1)[0] ?? null) : null
}

/** Runs Redis calls: a lost connection or a server that does not serve becomes RedisUnavailableError, a full one StoreFullError. */
export async function withRedisErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = redisErrorCode(error)
    if (code === 'OOM') throw new StoreFullError({ cause: error })
    if (code === null ? isConnectionError(error) : NOT_SERVING.has(code)) throw new RedisUnavailableError({ cause: error })
    throw error
  }
}

/** ioredis gives a lost connection neither one class nor a code: it is what is neither ours, nor Redis's answer, nor a fault in the code. */
function isConnectionError(error: unknown): boolean {
  const others = [ExpectedError, z.ZodError, TypeError, RangeError, SyntaxError]
  return error instanceof Error && !others.some((other) => error instanceof other)
}
