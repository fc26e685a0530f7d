import { Redis } from 'ioredis'

const MAX_RETRY_MS = 1000
const COMMAND_TIMEOUT_MS = 1000

/**
 * `fail`: a command is refused within a second while Redis is away (what an API wants). `wait`: it waits for as long as it takes, and all that
 * were waiting run in order once Redis is back (what a worker wants).
 */
export function connectRedis(url: string, { name, whenDown }: { name: string; whenDown: 'fail' | 'wait' }): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    retryStrategy: (times) => Math.min(times * 100, MAX_RETRY_MS),
    ...(whenDown === 'wait'
      ? { maxRetriesPerRequest: null }
      : {
          maxRetriesPerRequest: 0,
          commandTimeout: COMMAND_TIMEOUT_MS,
          connectTimeout: COMMAND_TIMEOUT_MS,
          autoResendUnfulfilledCommands: false,
        }),
  })
  // Every command reports its own failure, and ioredis goes on reconnecting: without a listener it would print each attempt.
  redis.on('error', () => {})
  return redis
}

/** For commands that wait in Redis: a connection of its own, which is opened again when it was silent for longer than any of them may wait. */
export const openBlockingConnection = (redis: Redis, { silentMs }: { silentMs: number }): Redis =>
  redis
    .duplicate({
      maxRetriesPerRequest: null,
      commandTimeout: undefined,
      autoResendUnfulfilledCommands: true,
      socketTimeout: silentMs,
    })
    .on('error', () => {})
