import os from 'node:os'
import { expect, test } from 'vitest'
import { readWorkerConfig } from './worker-config.ts'

test('readWorkerConfig() — the defaults: one slot of the default pool, and not more memory than there is', () => {
  const config = readWorkerConfig({})
  expect(config).toMatchObject({ redisUrl: 'redis://127.0.0.1:6379', pools: ['default'], slots: 1, logLevel: 'info' })
  expect(config.memoryBytes).toBeLessThan(os.totalmem())
  expect(readWorkerConfig({ TRAINYARD_SLOTS: '2' }).memoryBytes).toBeLessThanOrEqual(config.memoryBytes / 2)
})

test('readWorkerConfig() — the trainer gets the data folder and what was set for it, but not the ways into Redis and the store', () => {
  const { trainerEnv, pools } = readWorkerConfig({
    REDIS_URL: 'redis://:secret@host',
    ...{ TRAINYARD_ARTIFACTS: 's3://secret', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SHARED_CREDENTIALS_FILE: '/secret' },
    TRAINYARD_DATA: '/data',
    FLOWERS102_ROOT: '/flowers',
    TRAINYARD_POOLS: 'gpu,default,gpu',
  })
  expect(trainerEnv).toMatchObject({ TRAINYARD_DATA: '/data', FLOWERS102_ROOT: '/flowers' })
  expect(JSON.stringify(trainerEnv)).not.toContain('secret')
  expect(pools).toEqual(['gpu', 'default'])
})

test('readWorkerConfig() — all faults are named at once', () => {
  const wrong = { REDIS_URL: 'http://x', TRAINYARD_SLOTS: '0', TRAINYARD_POOLS: 'A,b', TRAINYARD_MEMORY_BYTES: 'much' }
  expect(() => readWorkerConfig(wrong)).toThrow(/REDIS_URL.*TRAINYARD_POOLS.*TRAINYARD_SLOTS.*TRAINYARD_MEMORY_BYTES/)
})
