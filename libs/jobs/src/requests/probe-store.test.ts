import { type ExperimentError, ProbeRequest } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ownRedis } from '@trainyard/testing/redis/own-redis'
import { poll } from '@trainyard/testing/inputs/poll'
import { createProbeStore, type ProbeStore } from './probe-store.ts'
import { createRequestConsumer, type FetchedRequest, type RequestConsumer } from './request-consumer.ts'
import { requestId } from './request-jobs.ts'
import { PROBES } from './request-kinds.ts'

const own = ownRedis({ whenDown: 'wait' })
const WITHIN = { timeoutMs: 60_000 }
const never = new AbortController().signal
const cell = { norm: 'none' as const, bias: true, depth: 0, outputNorm: { mean: 1, std: null, values: [1] }, layers: [] }
const request = (fields: Partial<ProbeRequest> = {}): ProbeRequest => ProbeRequest.parse(fields)

let redis: Redis
let prefix: string
let store: ProbeStore
let consumers: RequestConsumer<ProbeRequest>[]
let errors: unknown[]
let runs = 0

beforeAll(() => void (redis = own.redis))
beforeEach(() => {
  prefix = `{probe-${runs++}}`
  errors = []
  consumers = []
  store = createProbeStore({ redis, prefix })
})
afterEach(async () => {
  for (const consumer of consumers) await consumer.close()
  expect(errors).toEqual([])
})

function openConsumer(): RequestConsumer<ProbeRequest> {
  const consumer = createRequestConsumer(PROBES, { redis, prefix, onError: (error) => errors.push(error) })
  consumers.push(consumer)
  return consumer
}

const taken = (consumer: RequestConsumer<ProbeRequest>): Promise<FetchedRequest<ProbeRequest>> =>
  poll(async () => (await consumer.next()) ?? Promise.reject(new Error('nothing waits')), WITHIN)

describe('create()', () => {
  test('an equal request, in whatever order of fields, is the same probe and is queued once', async () => {
    const probe = await store.create(request({ draws: 2 }))
    const { seed, draws, ...rest } = request({ draws: 2 })
    expect(await store.create({ draws, seed, ...rest })).toEqual(probe)
    expect(probe).toMatchObject({ state: 'queued', fraction: 0, results: [], error: null, finishedAt: null })
    const consumer = openConsumer()
    const { id, data } = await taken(consumer)
    expect({ id, data }).toEqual({ id: probe.id, data: request({ draws: 2 }) })
    expect(await consumer.next()).toBeNull()
  })

  test('any other field makes another probe', () => {
    const others = [
      {},
      { seed: 1 },
      { draws: 2 },
      { depths: [1] },
      { norms: ['none' as const] },
      { normPosition: 'after' as const },
      { width: 8 },
    ]
    expect(new Set(others.map((fields) => requestId(request(fields)))).size).toBe(others.length)
  })

  test('thirty at the same time are one', async () => {
    const probes = await Promise.all(Array.from({ length: 30 }, () => store.create(request())))
    expect(new Set(probes.map(({ id }) => id)).size).toBe(1)
    const consumer = openConsumer()
    await taken(consumer)
    expect(await consumer.next()).toBeNull()
  })
})

describe('get()', () => {
  test.each(['meta', 'events', 'id', 'a'.repeat(24), 'A'.repeat(24), '../x'])('%s — PROBE_NOT_FOUND', async (id) => {
    await store.create(request())
    await expect(store.get(id)).rejects.toMatchObject({ code: 'PROBE_NOT_FOUND' })
  })
})

describe('a probe', () => {
  test('queued, running with its fraction, completed with its results, which stay', async () => {
    const { id } = await store.create(request())
    const fetched = await taken(openConsumer())
    fetched.progress(0.5)
    await poll(async () => expect(await store.get(id)).toMatchObject({ state: 'running', fraction: 0.5 }), WITHIN)
    await fetched.answer([cell])
    const done = await store.get(id)
    expect(done).toMatchObject({ state: 'completed', fraction: 1, results: [cell], error: null })
    expect(await store.create(request())).toEqual(done)
  })

  const error: ExperimentError = { class: 'user', code: 'DATASET_MISSING', message: 'not there', advice: 'fetch it' }

  test("a user's failure is not tried again; submitted once more it begins from the start", async () => {
    const { id } = await store.create(request())
    const consumer = openConsumer()
    await (await taken(consumer)).fail(error)
    expect(await store.get(id)).toMatchObject({ state: 'failed', error, finishedAt: expect.any(String) })
    expect(await consumer.next()).toBeNull()
    expect(await store.create(request())).toMatchObject({ id, state: 'queued', error: null, finishedAt: null })
    await (await taken(consumer)).answer([cell])
    expect((await store.get(id)).state).toBe('completed')
  })

  test('an infrastructure failure is tried three times', async () => {
    const { id } = await store.create(request())
    const consumer = openConsumer()
    const failure: ExperimentError = { ...error, class: 'infrastructure', code: 'TRAINER_CRASHED' }
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(await store.get(id)).toMatchObject({ state: 'queued', error: null })
      await (await taken(consumer)).fail(failure)
    }
    expect(await store.get(id)).toMatchObject({ state: 'failed', error: failure })
  })

  test('requeued, it is taken before the waiting ones', async () => {
    const { id } = await store.create(request())
    const consumer = openConsumer()
    const fetched = await taken(consumer)
    await store.create(request({ seed: 1 }))
    await fetched.requeue()
    expect((await store.get(id)).state).toBe('queued')
    expect((await taken(consumer)).id).toBe(id)
  })

  test('a worker that vanishes — the next one is given its probe', async () => {
    const { id } = await store.create(request())
    const lost = openConsumer()
    await taken(lost)
    await lost.close()
    const fetched = await taken(openConsumer())
    expect(fetched.id).toBe(id)
    await fetched.answer([cell])
    expect((await store.get(id)).state).toBe('completed')
  })
})

describe('waitFor()', () => {
  test('answers the result once it is there', async () => {
    const { id } = await store.create(request())
    const waiting = store.waitFor(id, { timeoutMs: 60_000, signal: never })
    await (await taken(openConsumer())).answer([cell])
    expect(await waiting).toMatchObject({ state: 'completed', results: [cell] })
  })

  test('when the time is over, or no caller waits any more, answers the probe as it is', async () => {
    const { id } = await store.create(request())
    expect(await store.waitFor(id, { timeoutMs: 50, signal: never })).toMatchObject({ state: 'queued' })
    const abort = new AbortController()
    const waiting = store.waitFor(id, { timeoutMs: 3_600_000, signal: abort.signal })
    abort.abort()
    expect(await waiting).toMatchObject({ state: 'queued' })
  })
})

test('BullMQ keeps no copies of results in its events', async () => {
  const consumer = openConsumer()
  for (let seed = 0; seed < 20; seed++) {
    await store.create(request({ seed }))
    await (await taken(consumer)).answer([{ ...cell, outputNorm: { mean: 1, std: 1, values: Array(5000).fill(0.123_456_789) } }])
  }
  expect(await redis.xlen(`${prefix}:probe-v1:events`)).toBeLessThan(10)
})
