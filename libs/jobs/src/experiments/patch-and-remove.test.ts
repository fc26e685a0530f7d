import { describe, expect, test } from 'vitest'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'
import { createDispatcher } from '../queue/dispatcher.ts'
import { createJobConsumer } from '../queue/job-consumer.ts'

const own = ownJobs()
const onError = (error: unknown): never => {
  throw error
}

describe('patch()', () => {
  test('what is given changes, what is absent stays, null removes; tags are found by their new names', async () => {
    const { store, create } = own.jobs
    const id = await create({ name: 'old "name"', notes: 'line\nline', tags: ['a', 'b'] })
    expect(await store.patch(id, { tags: ['b', 'ü c'] })).toMatchObject({ name: 'old "name"', notes: 'line\nline', tags: ['b', 'ü c'] })
    expect(await store.patch(id, { name: 'new \\ "ñ"', notes: null })).toMatchObject({
      name: 'new \\ "ñ"',
      notes: null,
      tags: ['b', 'ü c'],
    })
    const withTag = async (tag: string) => (await store.list({ pageSize: 9, tag })).items.map((each) => each.id)
    expect([await withTag('a'), await withTag('b'), await withTag('ü c')]).toEqual([[], [id], [id]])
    expect((await store.patch(id, { tags: [] })).tags).toEqual([])
  })

  test('the priority of a queued one moves it, and its older job is gone', async () => {
    const { store, redis, prefix, create } = own.jobs
    const [first, second, third] = [await create(), await create(), await create()]
    const dispatcher = createDispatcher({ redis, prefix, onError })
    await dispatcher.flushOutbox()
    await store.patch(third, { priority: 5 })
    await store.patch(first, { priority: -5 })
    await dispatcher.flushOutbox()
    const positions = await Promise.all([first, second, third].map(async (id) => (await store.get(id)).queuePosition))
    expect(positions).toEqual([3, 2, 1])
    const source = createJobConsumer({ redis, prefix, pools: ['default'], onError })
    const order = [await source.next(), await source.next(), await source.next(), await source.next()]
    expect(order.map((job) => job?.id)).toEqual([third, second, first, undefined])
    await source.close()
    await dispatcher.close()
  })

  test('the priority of a running one counts when it is queued again; of one that has ended it is refused', async () => {
    const { store, create, begin } = own.jobs
    const id = await create()
    const writer = await begin(id)
    expect(await store.patch(id, { priority: 7 })).toMatchObject({ state: 'running', priority: 7 })
    await writer.complete()
    await expect(store.patch(id, { priority: 1, name: 'x' })).rejects.toMatchObject({ code: 'WRONG_STATE' })
    expect(await store.patch(id, { name: 'x' })).toMatchObject({ name: 'x', priority: 7 })
    await expect(store.patch('0000000000000000', { name: 'x' })).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' })
  })
})

describe('remove()', () => {
  test('nothing of it is left in Redis but that it was deleted', async () => {
    const { store, redis, prefix, create, begin } = own.jobs
    const before = await redis.keys(`${prefix}:*`)
    const id = await create({ tags: ['a'] })
    const writer = await begin(id)
    await writer.epoch(epochResult(1), ['0123456789abcdef'])
    await writer.batches({ epoch: 1, firstStep: 1, losses: Float32Array.of(1) })
    await writer.log({ level: 'info', message: 'x', number: 1 })
    await expect(store.remove(id)).rejects.toMatchObject({ code: 'WRONG_STATE', message: expect.stringContaining('running') })
    await writer.complete()
    await store.remove(id)
    expect((await redis.keys(`${prefix}:*`)).filter((key) => key.includes(id))).toEqual([])
    const shared = [':feed', ':metrics', ':queues', ':deleted', ':reaped', ':start-tags'].map((name) => prefix + name)
    expect((await redis.keys(`${prefix}:*`)).filter((key) => !before.includes(key) && !shared.includes(key))).toEqual([])
    expect(await store.orphanedArtifacts.deleted()).toEqual(new Set([id]))
    await expect(store.get(id)).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' })
    await expect(store.remove(id)).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' })
  })

  test('the idempotency key of one that was deleted makes a new one', async () => {
    const { store, begin } = own.jobs
    const key = { key: 'key', bodyHash: 'hash' }
    const { experiment } = await store.create(newExperiment(), key)
    await (await begin(experiment.id)).complete()
    await store.remove(experiment.id)
    const again = await store.create(newExperiment(), key)
    expect(again.replayed).toBe(false)
    expect(again.experiment.id).not.toBe(experiment.id)
  })
})
