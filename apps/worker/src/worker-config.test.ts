import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readWorkerConfig } from './worker-config.ts'

test('readWorkerConfig() — the defaults: one slot of the default pool, and not more memory than there is', () => {
  const config = readWorkerConfig({})
  expect(config).toMatchObject({ redisUrl: 'redis://127.0.0.1:6379', pools: ['default'], slots: 1, logLevel: 'info' })
  expect(config.memoryBytes).toBeLessThan(os.totalmem())
  expect(readWorkerConfig({ TRAINYARD_SLOTS: '2' }).memoryBytes).toBeLessThanOrEqual(config.memoryBytes / 2)
})

test('readWorkerConfig() — the trainer gets the data folder and what was set for it, but not the way into Redis', () => {
  const { trainerEnv, pools } = readWorkerConfig({
    REDIS_URL: 'redis://:secret@host',
    REDIS_PASSWORD_FILE: fileURLToPath(import.meta.url),
    TRAINYARD_DATA: '/data',
    FLOWERS102_ROOT: '/flowers',
    TRAINYARD_POOLS: 'gpu,default,gpu',
  })
  expect(trainerEnv).toMatchObject({ TRAINYARD_DATA: '/data', FLOWERS102_ROOT: '/flowers' })
  expect(JSON.stringify(trainerEnv)).not.toContain('secret')
  expect(trainerEnv).not.toHaveProperty('REDIS_PASSWORD_FILE')
  expect(pools).toEqual(['gpu', 'default'])
})

test('readWorkerConfig() — all faults are named at once', () => {
  const wrong = { REDIS_URL: 'http://x', TRAINYARD_SLOTS: '0', TRAINYARD_POOLS: 'A,b', TRAINYARD_MEMORY_BYTES: 'much' }
  expect(() => readWorkerConfig(wrong)).toThrow(/REDIS_URL.*TRAINYARD_POOLS.*TRAINYARD_SLOTS.*TRAINYARD_MEMORY_BYTES/)
})
