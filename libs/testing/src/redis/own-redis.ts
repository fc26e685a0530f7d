import { connectRedis } from '@trainyard/jobs'
import { afterAll, beforeAll } from 'vitest'
import { type RedisProcess, startRedis } from './redis-process.ts'

type Redis = ReturnType<typeof connectRedis>

/** A Redis server for one test file, started before its first test and stopped after its last, with a connection to it. */
export function ownRedis({ whenDown = 'fail' }: { whenDown?: 'fail' | 'wait' } = {}): { readonly redis: Redis } {
  let started: { server: RedisProcess; redis: Redis } | null = null
  beforeAll(async () => {
    const server = await startRedis()
    started = { server, redis: connectRedis(server.url, { name: 'test', whenDown }) }
  })
  afterAll(async () => {
    started?.redis.disconnect()
    await started?.server.stop()
  })
  return {
    get redis() {
      if (!started) throw new Error('Redis is there only while tests run')
      return started.redis
    },
  }
}
