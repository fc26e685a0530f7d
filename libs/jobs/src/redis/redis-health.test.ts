import { afterEach, expect, test } from 'vitest'
import type { Redis } from 'ioredis'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { type RedisProcess, startRedis } from '@trainyard/testing/redis/redis-process'
import { createAttemptStore } from '../attempts/attempt-store.ts'
import { createAttemptWriter } from '../attempts/attempt-writer.ts'
import { connectRedis } from './connect-redis.ts'
import { createExperimentStore } from '../experiments/experiment-store.ts'
import { redisHealth } from './redis-health.ts'
import { createWorkerRegistry } from '../workers/worker-registry.ts'

let server: RedisProcess
let redis: Redis

async function connected(settings: Record<string, string> = {}): Promise<Redis> {
  server = await startRedis(settings)
  redis = connectRedis(server.url, { name: 'test', whenDown: 'fail' })
  return redis
}
afterEach(async () => {
  redis.disconnect()
  await server.stop()
})

test('a Redis as it should be is ready, without a warning', async () => {
  expect(await redisHealth(await connected())).toMatchObject({ ready: true, warnings: [] })
})

test('one that evicts is not ready, one without an append-only file is warned of', async () => {
  const health = await redisHealth(await connected({ 'maxmemory-policy': 'allkeys-lru', appendonly: 'no' }))
  expect(health.ready).toBe(false)
  expect(health.checks.find(({ ok }) => !ok)?.detail).toContain('noeviction')
  expect(health.warnings).toHaveLength(1)
})

test.each(['pause', 'kill'] as const)(
  '%s — a Redis that does not answer: the store says so, and serves again once it is back',
  async (how) => {
    const store = createExperimentStore({ redis: await connected() })
    const { id } = (await store.create(newExperiment())).experiment
    await server[how]()
    await expect(store.get(id)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' })
    await expect(store.create(newExperiment())).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' })
    expect((await redisHealth(redis)).ready).toBe(false)
    if (how === 'pause') server.resume()
    else await server.restart()
    if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve))
    expect((await store.get(id)).id).toBe(id)
  },
)

test('a full Redis refuses new experiments, and lets those that run go on and end', async () => {
  const store = createExperimentStore({ redis: await connected() })
  const { id } = (await store.create(newExperiment())).experiment
  await redis.config('SET', 'maxmemory', '1mb')
  const fresh = createExperimentStore({ redis })
  await expect(fresh.create(newExperiment())).rejects.toMatchObject({ code: 'STORE_FULL' })
  const attempts = createAttemptStore({ redis })
  const claim = await attempts.claim({ id, dispatch: 1, token: 'token', workerId: 'worker' })
  if (!claim) throw new Error('stale')
  expect(await attempts.renew([{ id, token: 'token' }])).toEqual(['renewed'])
  expect(await createAttemptWriter({ redis, claim }).complete()).toBe('ok')
})

test('workers are listed while they send heartbeats, and no longer when they leave or stop', async () => {
  const registry = createWorkerRegistry({ redis: await connected(), prefix: '{registry}' })
  const info = (id: string) => ({
    ...{
      id,
      host: 'host',
      pid: 1,
      version: '0.1.0',
      configVersion: 1,
      pools: ['default'],
      engine: null,
      memoryBytes: 1e9,
      cachedSplits: [],
      draining: false,
      unhealthyReason: null,
      gpus: [],
      speed: null,
    },
    slots: [{ slot: 0, experimentId: null, trainer: 'starting' as const, gpu: null }],
    startedAt: new Date().toISOString(),
  })
  for (const id of ['a', 'b', 'c']) await registry.heartbeat(info(id))
  expect((await registry.list()).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  await registry.remove('a')
  await redis.pexpire('{registry}:worker:b', 1)
  await registry.heartbeat(info('c'))
  const ttl = await redis.pttl('{registry}:worker:c')
  expect(ttl).toBeGreaterThan(10_000)
  await redis.del('{registry}:worker:b')
  expect((await registry.list()).map(({ id }) => id)).toEqual(['c'])
})
