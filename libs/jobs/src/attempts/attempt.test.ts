import type { Engine } from '@trainyard/contracts'
import { describe, expect, test } from 'vitest'
import { epochResult } from '@trainyard/testing/experiments/new-experiment'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'
import type { AttemptWriter } from './attempt-writer.ts'
import { keysOf } from '../redis/keys.ts'

const engine: Engine = { name: 'native', version: '2.21.0', device: 'cpu', threads: 2 }
const crash = { class: 'infrastructure', code: 'TRAINER_CRASHED', message: 'The trainer was killed', advice: 'Try again' } as const
const diverged = { class: 'user', code: 'LOSS_DIVERGED', message: 'NaN', advice: 'Lower lr' } as const

const own = ownJobs()

describe('claim()', () => {
  test('one of many that try gets the experiment', async () => {
    const { create, claim } = own.jobs
    const id = await create()
    const claims = await Promise.all(Array.from({ length: 20 }, () => claim(id, 1)))
    const won = claims.filter((each) => each !== null)
    expect(won).toHaveLength(1)
    expect(won[0]).toMatchObject({ attempt: 1, checkpoints: [], experiment: { state: 'running', reason: 'claimed' } })
  })

  test('a stale dispatch, a canceled or an unknown experiment gives nothing', async () => {
    const { create, claim, store } = own.jobs
    const id = await create()
    expect(await claim(id, 2)).toBeNull()
    await store.cancel(id)
    expect(await claim(id, 1)).toBeNull()
    expect(await claim('0000000000000000', 1)).toBeNull()
  })

  test('repeated with the same token, as after a lost reply, it answers as the first time', async () => {
    const { create, attempts } = own.jobs
    const job = { id: await create(), dispatch: 1, token: 'token', workerId: 'worker' }
    const first = await attempts.claim(job)
    expect(await attempts.claim(job)).toEqual(first)
  })
})

describe('a lease', () => {
  test('renewed; taken over, it is lost; canceled, it says so', async () => {
    const { create, begin, store, attempts } = own.jobs
    const [a, b] = [await create(), await create()]
    const [first, other] = [await begin(a), await begin(b)]
    const held = [
      { id: a, token: first.token },
      { id: b, token: other.token },
      { id: b, token: 'another' },
    ]
    expect(await attempts.renew(held)).toEqual(['renewed', 'renewed', 'lost'])
    await store.cancel(b)
    expect(await attempts.renew(held)).toEqual(['renewed', 'cancel', 'lost'])
    expect(await attempts.renew([])).toEqual([])
  })

  test('that ran out puts the experiment back in the queue, and the next attempt resumes from the checkpoint', async () => {
    const { create, claim, begin, expireLease, states } = own.jobs
    const id = await create()
    const first = await begin(id)
    await first.started({ engine, datasetHash: 'hash', resumedFromEpoch: 0 })
    const checkpoint = { file: '/data/a', epoch: 1, sha256: 'abc', bytes: 3 }
    await first.checkpoint(checkpoint)
    expect(await expireLease(id)).toEqual([id])
    expect(await claim(id, 1)).toBeNull()
    const second = await claim(id, 2)
    expect(second).toMatchObject({ attempt: 2, checkpoints: [checkpoint] })
    expect(second?.experiment.attempts[0]).toMatchObject({ outcome: 'worker_lost', engine, resumedFromEpoch: 0 })
    expect(await states(id)).toEqual(['queued:submitted', 'running:claimed', 'queued:worker_lost', 'running:claimed'])
  })

  test('all of them begin again when no worker could renew', async () => {
    const { create, begin, expireLease, attempts, reap, redis, prefix } = own.jobs
    const id = await create()
    const writer = await begin(id)
    await redis.set(`${prefix}:reaped`, 1)
    expect(await expireLease(id)).toEqual([])
    expect(await reap()).toEqual([])
    expect(await attempts.renew([{ id, token: writer.token }])).toEqual(['renewed'])
  })

  test('a reaper that ran in the future, as after a jump of the clock, takes nothing either', async () => {
    const { create, begin, expireLease, redis, prefix } = own.jobs
    const id = await create()
    await begin(id)
    await redis.set(`${prefix}:reaped`, Date.now() + 3_600_000)
    expect(await expireLease(id)).toEqual([])
  })

  test('what waits for a time that a jump of the clock left far ahead is due at once', async () => {
    const { create, begin, reap, redis, prefix } = own.jobs
    const id = await create()
    await (await begin(id)).requeue({ reason: 'retry', error: crash })
    const anHourAhead = Date.now() + 3_600_000
    await redis.zadd(keysOf(prefix).outbox, 'XX', anHourAhead, `${id}-2`)
    await reap()
    expect(await redis.zscore(keysOf(prefix).outbox, `${id}-2`)).toBe(String(anHourAhead))
    await redis.set(`${prefix}:reaped`, anHourAhead)
    await reap()
    expect(Number(await redis.zscore(keysOf(prefix).outbox, `${id}-2`))).toBeLessThan(anHourAhead)
  })

  test('lost more often in a row than maxRetries allows, it fails; a newer checkpoint begins the row again', async () => {
    const { create, begin, expireLease, store } = own.jobs
    const id = await create({ maxRetries: 1 })
    await begin(id)
    await expireLease(id)
    const second = await begin(id, 2)
    await second.checkpoint({ file: 'f', epoch: 1, sha256: 's', bytes: 1 })
    await expireLease(id)
    await begin(id, 3)
    expect((await store.get(id)).state).toBe('running')
    await expireLease(id)
    expect(await store.get(id)).toMatchObject({ state: 'failed', reason: 'infrastructure_error', error: { class: 'infrastructure' } })
  })
})

describe('fencing', () => {
  test('every write of an attempt that lost its lease is refused and changes nothing', async () => {
    const { create, begin, expireLease, store } = own.jobs
    const id = await create()
    const old = await begin(id)
    await expireLease(id)
    const current = await begin(id, 2)
    const before = await store.get(id)
    const writes = [
      old.started({ engine, datasetHash: 'x', resumedFromEpoch: 0 }),
      old.progress({ phase: 'train', phaseFraction: 0, epoch: 1, step: 1 }),
      old.batches({ epoch: 1, firstStep: 1, losses: Float32Array.of(1) }),
      old.epoch(epochResult(1)),
      old.log({ level: 'info', message: 'x', number: 1 }),
      old.checkpoint({ file: 'x', epoch: 1, sha256: 'x', bytes: 1 }),
      old.complete(),
      old.fail(diverged),
      old.canceled(),
      old.requeue({ reason: 'drained' }),
      old.requeue({ reason: 'retry', error: crash }),
    ]
    expect(new Set(await Promise.all(writes))).toEqual(new Set(['fenced']))
    expect(await store.get(id)).toEqual(before)
    expect(await current.complete()).toBe('ok')
  })

  test('an end repeated by its own attempt, as after a lost reply, is ok', async () => {
    const { create, begin, store } = own.jobs
    const id = await create()
    const writer = await begin(id)
    expect([await writer.complete(), await writer.complete(), await writer.fail(diverged)]).toEqual(['ok', 'ok', 'ok'])
    expect(await store.get(id)).toMatchObject({ state: 'completed', error: null, progress: { phase: 'done' } })
  })
})

describe('cancel()', () => {
  test('a queued one is canceled at once', async () => {
    const { create, store } = own.jobs
    const id = await create()
    expect(await store.cancel(id)).toMatchObject({ state: 'canceled', reason: 'canceled_by_user' })
    await expect(store.cancel(id)).rejects.toMatchObject({ code: 'WRONG_STATE', message: expect.stringContaining('canceled') })
  })

  test.each([
    ['its worker gives up', (writer: AttemptWriter) => writer.canceled(), 'canceled'],
    ['its worker drains', (writer: AttemptWriter) => writer.requeue({ reason: 'drained' }), 'canceled'],
    ['its trainer crashed', (writer: AttemptWriter) => writer.requeue({ reason: 'retry', error: crash }), 'canceled'],
    ['its loss diverged', (writer: AttemptWriter) => writer.fail(diverged), 'canceled'],
    ['it finished first', (writer: AttemptWriter) => writer.complete(), 'completed'],
  ])('a running one, when %s', async (_when, end, state) => {
    const { create, begin, store } = own.jobs
    const id = await create()
    const writer = await begin(id)
    expect(await store.cancel(id)).toMatchObject({ state: 'canceling', reason: 'cancel_requested' })
    await expect(store.cancel(id)).rejects.toMatchObject({ code: 'WRONG_STATE' })
    expect(await end(writer)).toBe('ok')
    expect((await store.get(id)).state).toBe(state)
  })

  test('a running one whose worker is lost', async () => {
    const { create, begin, expireLease, store } = own.jobs
    const id = await create()
    await begin(id)
    await store.cancel(id)
    await expireLease(id)
    expect(await store.get(id)).toMatchObject({ state: 'canceled', attempts: [{ outcome: 'worker_lost' }] })
  })
})

describe('requeue() and fail()', () => {
  test('a drain counts as no failure, however often', async () => {
    const { create, begin, store } = own.jobs
    const id = await create({ maxRetries: 0 })
    for (let dispatch = 1; dispatch <= 4; dispatch++) await (await begin(id, dispatch)).requeue({ reason: 'drained' })
    expect(await store.get(id)).toMatchObject({ state: 'queued', reason: 'drained', attempts: { length: 4 } })
  })

  test('a retry waits longer each time, then fails with its error', async () => {
    const { create, begin, store, redis, prefix } = own.jobs
    const id = await create({ maxRetries: 2 })
    const waits: number[] = []
    for (let dispatch = 1; dispatch <= 3; dispatch++) {
      await (await begin(id, dispatch)).requeue({ reason: 'retry', error: crash })
      const [seconds] = await redis.time()
      const due = await redis.zscore(keysOf(prefix).outbox, `${id}-${dispatch + 1}`)
      if (due !== null) waits.push(Math.round(Number(due) / 1000 - Number(seconds)))
    }
    expect(waits).toHaveLength(2)
    expect(waits[1]).toBeGreaterThan(waits[0] ?? Infinity)
    expect(await store.get(id)).toMatchObject({ state: 'failed', reason: 'infrastructure_error', error: crash })
  })

  test.each([
    [diverged, 'user_error'],
    [{ ...diverged, code: 'TIME_LIMIT' }, 'time_limit'],
    [crash, 'infrastructure_error'],
  ])('a failure is final: %j', async (error, reason) => {
    const { create, begin, store } = own.jobs
    const id = await create()
    await (await begin(id)).fail(error)
    expect(await store.get(id)).toMatchObject({ state: 'failed', reason, error, attempts: [{ outcome: 'failed' }] })
    expect((await store.list({ pageSize: 9, state: 'failed' })).items.map((each) => each.id)).toEqual([id])
  })

  test('another engine is recorded in the attempt that had it', async () => {
    const { create, begin, store } = own.jobs
    const id = await create()
    const first = await begin(id)
    await first.started({ engine, datasetHash: 'hash', resumedFromEpoch: 0 })
    await first.requeue({ reason: 'drained' })
    const second = await begin(id, 2)
    await second.started({ engine: { ...engine, threads: 8 }, datasetHash: 'hash', resumedFromEpoch: 0 })
    const { attempts, engine: now } = await store.get(id)
    expect(attempts.map(({ environmentChanged }) => environmentChanged)).toEqual([false, true])
    expect(now?.threads).toBe(8)
  })

  test('out of memory — tried once more, then the experiment itself is at fault', async () => {
    const { store, create, begin } = own.jobs
    const error = { class: 'infrastructure', code: 'OUT_OF_MEMORY', message: 'Killed', advice: 'Lower width' } as const
    const id = await create({ maxRetries: 9 })
    await (await begin(id)).requeue({ reason: 'retry', error })
    expect(await store.get(id)).toMatchObject({ state: 'queued', reason: 'retry' })
    const second = await begin(id, 2)
    expect(second.outOfMemory).toBe(1)
    await second.requeue({ reason: 'retry', error })
    expect(await store.get(id)).toMatchObject({ state: 'failed', reason: 'user_error', error: { ...error, class: 'user' } })
  })
})
