import { describe, expect, test } from 'vitest'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'
import type { AttemptWriter } from './attempt-writer.ts'
import { keysOf } from '../redis/keys.ts'
import { subscribeToCommands, type LifecycleCommand } from '../events/command-channel.ts'

const crash = { class: 'infrastructure', code: 'TRAINER_CRASHED', message: 'The trainer was killed', advice: 'Try again' } as const
const diverged = { class: 'user', code: 'LOSS_DIVERGED', message: 'NaN', advice: 'Lower lr' } as const
const checkpoint = { file: 'a', epoch: 1, sha256: 'abc', bytes: 3 }

const own = ownJobs()

describe('pause() and resume()', () => {
  test('a queued one waits at once, and is claimed only after it was resumed', async () => {
    const { store, redis, prefix, create, claim, states } = own.jobs
    const id = await create()
    expect(await store.pause(id)).toMatchObject({ state: 'paused', reason: 'paused_by_user', queuePosition: null })
    expect(await claim(id)).toBeNull()
    expect(await redis.zcard(keysOf(prefix).outbox)).toBe(0)
    expect(await store.resume(id)).toMatchObject({ state: 'queued', reason: 'resumed' })
    expect(await claim(id)).toBeNull()
    expect(await claim(id, 2)).not.toBeNull()
    expect(await states(id)).toEqual(['queued:submitted', 'paused:paused_by_user', 'queued:resumed', 'running:claimed'])
  })

  test('a running one — pausing, then paused with its checkpoint, from which it goes on', async () => {
    const { store, create, begin, claim, attempts } = own.jobs
    const id = await create()
    const writer = await begin(id)
    expect(await store.pause(id)).toMatchObject({ state: 'pausing', reason: 'pause_requested' })
    expect(await attempts.renew([{ id, token: writer.token }])).toEqual(['pause'])
    await writer.checkpoint(checkpoint)
    expect(await writer.paused()).toBe('ok')
    expect(await store.get(id)).toMatchObject({
      state: 'paused',
      attempts: [{ outcome: 'paused' }],
      forkPoints: [{ epoch: 1, kind: 'checkpoint' }],
    })
    await store.resume(id)
    expect(await claim(id, 2)).toMatchObject({ checkpoints: [checkpoint], experiment: { state: 'running' } })
  })

  test.each([
    ['its worker paused', (writer: AttemptWriter) => writer.paused(), 'paused'],
    ['its worker drains', (writer: AttemptWriter) => writer.requeue({ reason: 'drained' }), 'paused'],
    ['its trainer crashed', (writer: AttemptWriter) => writer.requeue({ reason: 'retry', error: crash }), 'paused'],
    ['its loss diverged', (writer: AttemptWriter) => writer.fail(diverged), 'failed'],
    ['it finished first', (writer: AttemptWriter) => writer.complete(), 'completed'],
  ])('a pausing one, when %s', async (_when, end, state) => {
    const { store, create, begin } = own.jobs
    const id = await create({ maxRetries: 0 })
    const writer = await begin(id)
    await store.pause(id)
    expect(await end(writer)).toBe('ok')
    expect((await store.get(id)).state).toBe(state)
  })

  test('a pausing one whose worker is lost is paused, and resumes', async () => {
    const { store, create, begin, expireLease, claim } = own.jobs
    const id = await create({ maxRetries: 0 })
    const writer = await begin(id)
    await writer.checkpoint(checkpoint)
    await store.pause(id)
    await expireLease(id)
    expect(await store.get(id)).toMatchObject({ state: 'paused', attempts: [{ outcome: 'worker_lost' }] })
    expect(await writer.paused()).toBe('fenced')
    await store.resume(id)
    expect(await claim(id, 2)).toMatchObject({ checkpoints: [checkpoint] })
  })

  test('cancel ends a paused one at once and a pausing one when its worker has stopped', async () => {
    const { store, create, begin, attempts } = own.jobs
    const [waiting, running] = [await create(), await create()]
    await store.pause(waiting)
    expect(await store.cancel(waiting)).toMatchObject({ state: 'canceled', reason: 'canceled_by_user' })
    const writer = await begin(running)
    await store.pause(running)
    expect(await store.cancel(running)).toMatchObject({ state: 'canceling' })
    expect(await attempts.renew([{ id: running, token: writer.token }])).toEqual(['cancel'])
    await writer.paused()
    expect((await store.get(running)).state).toBe('canceled')
  })

  test('from any other state they say which it is', async () => {
    const { store, create, begin } = own.jobs
    const id = await create()
    await expect(store.resume(id)).rejects.toMatchObject({ code: 'WRONG_STATE', message: expect.stringContaining('queued') })
    const writer = await begin(id)
    await store.pause(id)
    for (const call of [store.pause(id), store.resume(id)]) await expect(call).rejects.toMatchObject({ code: 'WRONG_STATE' })
    await writer.complete()
    for (const call of [store.pause(id), store.resume(id), store.cancel(id)])
      await expect(call).rejects.toMatchObject({ code: 'WRONG_STATE', message: expect.stringContaining('completed') })
    await expect(store.pause('0000000000000000')).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' })
  })

  test('of two resumes at once one wins, and it is queued once', async () => {
    const { store, redis, prefix, create } = own.jobs
    const id = await create()
    await store.pause(id)
    const outcomes = await Promise.allSettled([store.resume(id), store.resume(id)])
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await redis.zcard(keysOf(prefix).outbox)).toBe(1)
  })
})

test('a command reaches every subscriber, and a worker that missed it receives it with its heartbeat', async () => {
  const { store, redis, prefix, create, begin } = own.jobs
  const received: LifecycleCommand[] = []
  const all = Promise.withResolvers<void>()
  const listener = subscribeToCommands({ redis, prefix, onCommand: (command) => void (received.push(command) === 3 && all.resolve()) })
  await listener.ready
  const [a, b] = [await create(), await create()]
  await begin(a)
  await begin(b)
  await store.cancel(a)
  await store.pause(b)
  await redis.publish(keysOf(prefix).commandChannel, 'something that a later version says')
  await redis.publish(keysOf(prefix).commandChannel, 'drain worker-1')
  await all.promise
  expect(received).toEqual([
    { what: 'cancel', id: a },
    { what: 'pause', id: b },
    { what: 'drain', id: 'worker-1' },
  ])
  listener.close()
})
