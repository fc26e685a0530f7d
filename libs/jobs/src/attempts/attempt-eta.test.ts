import { afterEach, beforeEach, expect, test } from 'vitest'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { poll } from '@trainyard/testing/inputs/poll'
import { type RedisProcess, startRedis } from '@trainyard/testing/redis/redis-process'
import { createAttemptStore } from './attempt-store.ts'
import { createAttemptWriter } from './attempt-writer.ts'
import { connectRedis } from '../redis/connect-redis.ts'
import { createExperimentStore } from '../experiments/experiment-store.ts'

let server: RedisProcess
beforeEach(async () => void (server = await startRedis()))
afterEach(() => server.stop())

test('a first sign of progress that meets an outage is written once Redis is back', async () => {
  const redis = connectRedis(server.url, { name: 'test', whenDown: 'fail' })
  const { id } = (await createExperimentStore({ redis }).create(newExperiment())).experiment
  const claim = await createAttemptStore({ redis }).claim({ id, dispatch: 1, token: 'token', workerId: 'worker' })
  if (!claim) throw new Error('stale')
  const writer = createAttemptWriter({ redis, claim })
  const progress = () => writer.progress({ phase: 'train', phaseFraction: 0, epoch: 1, step: 1 })
  await server.kill()
  await expect(progress()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' })
  await server.restart()
  expect(await poll(progress, { timeoutMs: 30_000 })).toBe('ok')
  redis.disconnect()
})
