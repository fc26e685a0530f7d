import type { Redis } from 'ioredis'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { poll } from '@trainyard/testing/inputs/poll'
import { ownRedis } from '@trainyard/testing/redis/own-redis'
import { createAttemptStore } from '../attempts/attempt-store.ts'
import { createAttemptWriter } from '../attempts/attempt-writer.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { createExperimentStore, type ExperimentStore } from '../experiments/experiment-store.ts'
import { startHousekeeping } from '../housekeeping.ts'
import { createJobConsumer, type JobConsumer } from './job-consumer.ts'
import { keysOf, queueName } from '../redis/keys.ts'

const own = ownRedis({ whenDown: 'wait' })
let redis: Redis
let prefix: string
let store: ExperimentStore
let dispatcher: Dispatcher
let source: JobConsumer
let errors: unknown[]
let runs = 0

beforeAll(() => void (redis = own.redis))
beforeEach(() => {
  prefix = `{dispatch-${runs++}}`
  errors = []
  const onError = (error: unknown) => errors.push(error)
  store = createExperimentStore({ redis, prefix })
  dispatcher = createDispatcher({ redis, prefix, onError })
  source = createJobConsumer({ redis, prefix, pools: ['default'], onError })
})
afterEach(async () => {
  await source.close()
  await dispatcher.close()
  expect(errors).toEqual([])
})

const create = async (request: Parameters<typeof newExperiment>[0] = {}) => (await store.create(newExperiment(request))).experiment.id

async function begin(job: { id: string; dispatch: number } | null) {
  const claim = job && (await createAttemptStore({ redis, prefix }).claim({ ...job, token: `${runs}-${job.dispatch}`, workerId: 'worker' }))
  if (!claim) throw new Error('stale')
  return createAttemptWriter({ redis, prefix, claim })
}

async function drainQueue(): Promise<string[]> {
  const ids: string[] = []
  for (let job = await source.next(); job; job = await source.next()) {
    ids.push(job.id)
    await job.done()
  }
  return ids
}

test('higher priorities go first, equal ones in the order they came; the position says so', async () => {
  const [low, first, second, high] = [await create({ priority: -10 }), await create(), await create(), await create({ priority: 10 })]
  await dispatcher.flushOutbox()
  const positions = await Promise.all([high, first, second, low].map(async (id) => (await store.get(id)).queuePosition))
  expect(positions).toEqual([1, 2, 3, 4])
  expect(await drainQueue()).toEqual([high, first, second, low])
})

test('requeued experiments go ahead of queued ones', async () => {
  const id = await create({ priority: -10 })
  await dispatcher.flushOutbox()
  const job = await source.next()
  const writer = await begin(job)
  await create({ priority: 10 })
  await dispatcher.flushOutbox()
  await writer.requeue({ reason: 'drained' })
  await job?.done()
  await dispatcher.flushOutbox()
  expect((await store.get(id)).queuePosition).toBe(1)
  expect((await drainQueue())[0]).toBe(id)
})

test('two hundred and fifty experiments swept by three at once are each handed out once', async () => {
  const ids: string[] = []
  for (let i = 0; i < 250; i++) ids.push(await create())
  const others = [1, 2].map(() => createDispatcher({ redis, prefix, onError: (error) => errors.push(error) }))
  await Promise.all([dispatcher, ...others].map((each) => each.flushOutbox()))
  expect(await drainQueue()).toEqual(ids)
  await Promise.all(others.map((each) => each.close()))
})

test('an experiment whose API died before it was queued is swept by the housekeeping of any other process', async () => {
  const id = await create()
  const housekeeping = startHousekeeping({ redis, prefix, onError: (error) => errors.push(error) })
  const job = await poll(
    async () => {
      const next = await source.next()
      if (!next) throw new Error('nothing queued yet')
      return next
    },
    { timeoutMs: 20_000 },
  )
  expect(job.id).toBe(id)
  await job.done()
  await housekeeping.stop()
})

test('a canceled experiment leaves the queue', async () => {
  const id = await create()
  await dispatcher.flushOutbox()
  await store.cancel(id)
  expect(await drainQueue()).toEqual([])
})

test('a retry waits in the outbox until it is due', async () => {
  const id = await create()
  await dispatcher.flushOutbox()
  const job = await source.next()
  const writer = await begin(job)
  await writer.requeue({ reason: 'retry', error: { class: 'infrastructure', code: 'TRAINER_CRASHED', message: 'x', advice: 'x' } })
  await job?.done()
  await redis.zadd(keysOf(prefix).outbox, 'XX', Date.now() + 3_600_000, `${id}-2`)
  await dispatcher.flushOutbox()
  expect(await drainQueue()).toEqual([])
  await redis.zadd(keysOf(prefix).outbox, 'XX', 1, `${id}-2`)
  await dispatcher.flushOutbox()
  expect(await drainQueue()).toEqual([id])
})

test('a job that was fetched but never claimed is dispatched again after ten seconds, one that is claimed never', async () => {
  const [lost, claimed] = [await create(), await create()]
  await dispatcher.flushOutbox()
  await source.next()
  await begin(await source.next())
  expect(await dispatcher.repair(0)).toBe(0)
  expect(await dispatcher.repair(9_999)).toBe(0)
  expect(await dispatcher.repair(10_001)).toBe(1)
  await dispatcher.flushOutbox()
  expect(await source.next()).toMatchObject({ id: lost, dispatch: 2 })
  expect((await store.get(claimed)).state).toBe('running')
})

test('a job that BullMQ has lost is dispatched again; what waits is left alone', async () => {
  const lost = await create()
  const waiting = await create()
  await dispatcher.flushOutbox()
  await redis.del(`${prefix}:${queueName('default')}:${lost}-1`)
  await redis.zrem(keysOf(prefix).prioritized(queueName('default')), `${lost}-1`)
  expect(await dispatcher.repair(0)).toBe(0)
  expect(await dispatcher.repair(10_001)).toBe(1)
  await dispatcher.flushOutbox()
  expect((await drainQueue()).toSorted()).toEqual([lost, waiting].toSorted())
})

test('a worker reads only its own pools', async () => {
  const id = await create({ pool: 'gpu' })
  await dispatcher.flushOutbox()
  expect(await source.next()).toBeNull()
  const gpu = createJobConsumer({ redis, prefix, pools: ['other', 'gpu'], onError: (error) => errors.push(error) })
  expect(await gpu.next()).toMatchObject({ id, dispatch: 1 })
  await gpu.close()
})
