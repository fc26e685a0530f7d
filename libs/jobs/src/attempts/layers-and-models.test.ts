import type { Redis } from 'ioredis'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownRedis } from '@trainyard/testing/redis/own-redis'
import { testLayers } from '@trainyard/testing/experiments/test-layers'
import { createAttemptStore } from './attempt-store.ts'
import { type AttemptWriter, createAttemptWriter } from './attempt-writer.ts'
import { createExperimentStore, type ExperimentStore } from '../experiments/experiment-store.ts'
import { keysOf } from '../redis/keys.ts'

const own = ownRedis()
let redis: Redis
let prefix: string
let store: ExperimentStore
let writer: AttemptWriter
let id: string
let runs = 0

beforeAll(() => void (redis = own.redis))
beforeEach(async () => {
  prefix = `{layers-${runs++}}`
  store = createExperimentStore({ redis, prefix })
  id = (await store.create(newExperiment())).experiment.id
  const claim = await createAttemptStore({ redis, prefix }).claim({ id, dispatch: 1, token: 'token', workerId: 'worker' })
  if (!claim) throw new Error('stale')
  writer = createAttemptWriter({ redis, prefix, claim })
})

const rowsOf = (epoch: number, outputNorm?: number) => testLayers(epoch, outputNorm).layers.map((layer) => ({ epoch, ...layer }))
const layerEvents = async () => {
  const entries = await redis.xrange(keysOf(prefix).events(id), '-', '+')
  return entries.filter(([, fields]) => fields[1] === 'layers').map(([, fields]) => JSON.parse(fields[3] ?? ''))
}

describe('layers()', () => {
  test('come back epoch by epoch, and stand in the stream of events', async () => {
    for (const epoch of [1, 2]) expect(await writer.layers(testLayers(epoch))).toBe('ok')
    expect(await store.layers(id)).toEqual([...rowsOf(1), ...rowsOf(2)])
    expect(await store.layers(id, 2)).toEqual(rowsOf(2))
    expect(await store.layers(id, 3)).toEqual([])
    expect(await layerEvents()).toEqual([testLayers(1), testLayers(2)])
  })

  test('the same again changes nothing and sends no event; others replace them; a gap is refused', async () => {
    for (let i = 0; i < 3; i++) await writer.layers(testLayers(1))
    expect(await layerEvents()).toHaveLength(1)
    await writer.layers(testLayers(1, 7))
    expect(await store.layers(id)).toEqual(rowsOf(1, 7))
    await expect(writer.layers(testLayers(3))).rejects.toThrow('layers of epoch 3 come after epoch 1')
  })

  test('keep the digits that a float32 has, the same in both', async () => {
    await writer.layers(testLayers(1, 1 / 3))
    expect(await store.layers(id)).toEqual(rowsOf(1, 0.333333333))
    expect(await layerEvents()).toEqual([testLayers(1, 0.333333333)])
  })

  test('of no experiment — says so', async () => {
    await expect(store.layers('0000000000000000')).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' })
  })
})

describe('model()', () => {
  const model = { kind: 'best', epoch: 2, bytes: 99, folder: 'token' } as const

  test('is the experiment’s once it has completed; where it lies is not for users', async () => {
    expect(await store.storedModel(id)).toBeNull()
    await writer.model(model)
    expect((await store.get(id)).model).toBeNull()
    await writer.complete()
    expect(await store.storedModel(id)).toEqual(model)
    expect((await store.get(id)).model).toEqual({ kind: 'best', epoch: 2, bytes: 99 })
  })

  test('is passed to the next attempt, so that it is not removed before its successor is there', async () => {
    await writer.model(model)
    await writer.requeue({ reason: 'drained' })
    const again = await createAttemptStore({ redis, prefix }).claim({ id, dispatch: 2, token: 'again', workerId: 'worker' })
    expect(again).toMatchObject({ checkpoints: [], model })
  })

  test('is gone when the experiment ends otherwise', async () => {
    await writer.model(model)
    await store.cancel(id)
    await writer.canceled()
    expect(await store.storedModel(id)).toBeNull()
  })

  test('of an attempt that is no longer the current one — refused', async () => {
    await redis.hset(keysOf(prefix).record(id), 'token', 'another')
    expect(await writer.model(model)).toBe('fenced')
    expect(await writer.layers(testLayers(1))).toBe('fenced')
  })
})
