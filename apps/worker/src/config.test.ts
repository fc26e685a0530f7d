import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readWorkerConfig } from './config.ts'

test('readWorkerConfig() — the defaults: one slot of the default pool, and not more memory than there is', () => {
  const config = readWorkerConfig({})
  expect(config).toMatchObject({ redisUrl: 'redis://127.0.0.1:6379', pools: ['default'], slots: 1, logLevel: 'info' })
  expect(config.memoryBytesEach(1)).toBeLessThan(os.totalmem())
  expect(config.memoryBytesEach(2)).toBeLessThanOrEqual(config.memoryBytesEach(1) / 2)
  expect(readWorkerConfig({ TRAINYARD_MEMORY_BYTES: '5000' }).memoryBytesEach(2)).toBe(5000)
})

test('readWorkerConfig() — the trainer gets the data folder and what was set for it, but not the ways into Redis and the store', () => {
  const { trainerEnv, pools } = readWorkerConfig({
    REDIS_URL: 'redis://:secret@host',
    REDIS_PASSWORD_FILE: fileURLToPath(import.meta.url),
    ...{ TRAINYARD_ARTIFACTS: 's3://secret', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SHARED_CREDENTIALS_FILE: '/secret' },
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

test('readWorkerConfig() — the GPU settings, and the environment of trainers without a GPU', () => {
  expect(readWorkerConfig({}).gpuSettings).toEqual({
    ...{ engine: 'auto', gpus: null, trainersPerGpu: 1, gpuMemoryBytes: null, visible: null, slotsSet: false },
  })
  const set = { TRAINYARD_GPUS: '0,2', TRAINYARD_ENGINE: 'gpu', TRAINYARD_TRAINERS_PER_GPU: '2', TRAINYARD_GPU_MEMORY_BYTES: '1000000000' }
  expect(readWorkerConfig({ ...set, CUDA_VISIBLE_DEVICES: '0,1,2', TRAINYARD_SLOTS: '1' }).gpuSettings).toEqual({
    ...{ engine: 'gpu', gpus: [0, 2], trainersPerGpu: 2, gpuMemoryBytes: 1e9, visible: '0,1,2', slotsSet: true },
  })
  expect(readWorkerConfig({ TRAINYARD_GPUS: 'none' })).toMatchObject({
    gpuSettings: { gpus: 'none' },
    trainerEnv: { TRAINYARD_ENGINE: 'cpu' },
  })
  expect(() => readWorkerConfig({ TRAINYARD_GPUS: '0,x', TRAINYARD_ENGINE: 'cuda' })).toThrow(
    /TRAINYARD_ENGINE must be .*TRAINYARD_GPUS must be/,
  )
})
