import { KeyRequest } from '@trainyard/contracts'
import { describe, expect, test } from 'vitest'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'
import { createDispatcher } from './dispatcher.ts'
import { createJobConsumer } from './job-consumer.ts'
import { createKeyStore } from '../access/key-store.ts'

const own = ownJobs()

const submit = async (owner: string | null, more: Parameters<typeof newExperiment>[0] & { maxQueued?: number } = {}): Promise<string> => {
  const { maxQueued, ...request } = more
  const input = { ...newExperiment(request), owner, ...(maxQueued !== undefined && { maxQueued }) }
  return (await own.jobs.store.create(input)).experiment.id
}
/** An owner's newest key says how many may run. */
const limit = (owner: string, count: number | null) =>
  createKeyStore(own.jobs).create(KeyRequest.parse({ name: owner, ...(count !== null && { maxRunning: count }) }))

/** Hands all that is due to BullMQ, and takes it as workers do, one at a time. */
async function startQueue() {
  const { redis, prefix, attempts } = own.jobs
  const dispatcher = createDispatcher({ redis, prefix, onError: () => {} })
  const source = createJobConsumer({ redis, prefix, pools: ['default'], onError: () => {} })
  let count = 0
  return {
    dispatcher,
    /** The next experiment that a worker gets, or null; throttled ones are skipped. */
    async next(): Promise<string | null> {
      await dispatcher.flushOutbox()
      for (let job = await source.next(); job; job = await source.next()) {
        const claim = await attempts.claim({ id: job.id, dispatch: job.dispatch, token: `token-${count++}`, workerId: 'w' })
        await job.done()
        if (claim) return job.id
      }
      return null
    },
    close: () => Promise.all([dispatcher.close(), source.close()]),
  }
}

/** Ends what runs. */
async function endRun(id: string): Promise<void> {
  const { redis, prefix, store } = own.jobs
  await redis.zadd(`${prefix}:leases`, 1, id)
  await store.cancel(id)
  await own.jobs.reap()
  expect((await store.get(id)).state).toBe('canceled')
}

describe('a limit on how many of an owner run at once', () => {
  test('what would exceed it is held, in the order of priority and arrival, and goes on when one has ended', async () => {
    const { store } = own.jobs
    await limit('ann', 1)
    const [first, second, third] = [await submit('ann'), await submit('ann'), await submit('ann', { priority: 5 })]
    const other = await submit('ben')
    const queue = await startQueue()
    // the highest priority first, then by turns
    expect([await queue.next(), await queue.next(), await queue.next()]).toEqual([third, other, null])
    for (const id of [first, second])
      expect(await store.get(id)).toMatchObject({ state: 'queued', throttledBy: 'owner', queuePosition: null })
    await endRun(other)
    expect(await queue.next()).toBeNull()
    await endRun(third)
    expect(await queue.next()).toBe(first)
    expect(await queue.next()).toBeNull()
    await endRun(first)
    expect(await queue.next()).toBe(second)
    await queue.close()
  })

  test('a throttled one can be canceled, paused and given another priority; that unparks no other', async () => {
    const { store } = own.jobs
    await limit('ann', 1)
    const running = await submit('ann')
    const [canceled, paused, raised] = [await submit('ann'), await submit('ann'), await submit('ann')]
    const queue = await startQueue()
    expect([await queue.next(), await queue.next()]).toEqual([running, null])
    expect(await store.cancel(canceled)).toMatchObject({ state: 'canceled', throttledBy: null })
    expect(await store.pause(paused)).toMatchObject({ state: 'paused', throttledBy: null })
    expect(await store.patch(raised, { priority: 9 })).toMatchObject({ state: 'queued' })
    await store.resume(paused)
    expect(await queue.next()).toBeNull()
    await endRun(running)
    expect([await queue.next(), await queue.next()]).toEqual([raised, null])
    await queue.close()
  })

  test('a higher limit unparks what fits now, no limit unparks all', async () => {
    await limit('ann', 1)
    const ids = [await submit('ann'), await submit('ann'), await submit('ann'), await submit('ann')]
    const queue = await startQueue()
    expect([await queue.next(), await queue.next()]).toEqual([ids[0], null])
    await limit('ann', 2)
    expect([await queue.next(), await queue.next()]).toEqual([ids[1], null])
    await limit('ann', null)
    expect([await queue.next(), await queue.next(), await queue.next()]).toEqual([ids[2], ids[3], null])
    await queue.close()
  })

  test('what lost its worker leaves its place, and is the first to come back', async () => {
    const { store, expireLease } = own.jobs
    await limit('ann', 1)
    const [first, second] = [await submit('ann'), await submit('ann')]
    const queue = await startQueue()
    expect([await queue.next(), await queue.next()]).toEqual([first, null])
    await expireLease(first)
    expect(await queue.next()).toBe(first)
    expect(await queue.next()).toBeNull()
    expect(await store.get(second)).toMatchObject({ throttledBy: 'owner' })
    await queue.close()
  })

  test('the repair leaves what is held alone', async () => {
    await limit('ann', 1)
    const [first] = [await submit('ann'), await submit('ann')]
    const queue = await startQueue()
    expect([await queue.next(), await queue.next()]).toEqual([first, null])
    await queue.dispatcher.repair(0)
    expect(await queue.dispatcher.repair(60_000)).toBe(0)
    await queue.close()
  })
})

test('owners alternate at equal priority, whichever came first with how many', async () => {
  const ann = [await submit('ann'), await submit('ann'), await submit('ann'), await submit('ann')]
  const queue = await startQueue()
  expect([await queue.next(), await queue.next()]).toEqual([ann[0], ann[1]])
  // who comes now has the turn of what began last: nothing that was missed is made up for
  const ben = [await submit('ben'), await submit('ben'), await submit('ben')]
  const order: (string | null)[] = []
  for (let i = 0; i < 6; i++) order.push(await queue.next())
  expect(order).toEqual([ben[0], ann[2], ben[1], ann[3], ben[2], null])
  await queue.close()
})

test('a higher priority goes before every turn', async () => {
  const [low, high] = [await submit('ann'), await submit('ann', { priority: 1 })]
  const lowest = await submit('ben', { priority: -10 })
  const queue = await startQueue()
  expect([await queue.next(), await queue.next(), await queue.next()]).toEqual([high, low, lowest])
  await queue.close()
})

test('an owner who has as many queued as may be is refused until one has begun; others are not', async () => {
  const queue = await startQueue()
  const [first] = [await submit('ann', { maxQueued: 2 }), await submit('ann', { maxQueued: 2 })]
  await expect(submit('ann', { maxQueued: 2 })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
  await submit('ben', { maxQueued: 1 })
  expect(await queue.next()).toBe(first)
  await submit('ann', { maxQueued: 2 })
  expect((await own.jobs.store.list({ owner: 'ann', pageSize: 10 })).items).toHaveLength(3)
  await queue.close()
})
