import { Redis } from 'ioredis'

/**
 * `fail`: a command is refused within a second while Redis is away (what an API wants). `wait`: it waits for as long as it takes, and all that
 * were waiting run in order once Redis is back (what a worker wants).
 */
export function connectRedis(_url: string, _options: { name: string; whenDown: 'fail' | 'wait' }): Redis {
  throw new Error('not written yet')
}
