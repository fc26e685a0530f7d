import type { Redis } from 'ioredis'
import { ExperimentEvent, isAfterEvent } from '@trainyard/contracts'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownRedis } from '@trainyard/testing/redis/own-redis'
import { testLayers } from '@trainyard/testing/experiments/test-layers'
import { createAttemptStore } from '../attempts/attempt-store.ts'
import { type AttemptWriter, createAttemptWriter } from '../attempts/attempt-writer.ts'
import { createEventFeed, type EventFeed } from './event-feed.ts'
import { createExperimentStore, type ExperimentStore } from '../experiments/experiment-store.ts'
import { keysOf } from '../redis/keys.ts'
import type { FeedEvent } from './stream-entry.ts'

const own = ownRedis()
let redis: Redis
let prefix: string
let store: ExperimentStore
let feed: EventFeed
let id: string
let writer: AttemptWriter
let signal: AbortSignal
let abort: AbortController
let runs = 0

beforeAll(() => void (redis = own.redis))
beforeEach(async () => {
  prefix = `{feed-${runs++}}`
  store = createExperimentStore({ redis, prefix })
  feed = createEventFeed({ redis, prefix, store, onError: () => {} })
  id = (await store.create(newExperiment({ epochs: 10_000 }))).experiment.id
  writer = await begin(id)
  abort = new AbortController()
  signal = abort.signal
})
afterEach(async () => {
  abort.abort()
  await feed.close()
})

async function begin(experimentId: string): Promise<AttemptWriter> {
  const claim = await createAttemptStore({ redis, prefix }).claim({ id: experimentId, dispatch: 1, token: 'token', workerId: 'worker' })
  if (!claim) throw new Error('stale')
  return createAttemptWriter({ redis, prefix, claim })
}

async function collect(afterEventId: string | null = null, experimentId = id): Promise<FeedEvent[]> {
  const events: FeedEvent[] = []
  for await (const event of feed.subscribe(experimentId, { afterEventId, signal })) events.push(event)
  return events
}

const epochsOf = (events: FeedEvent[]) => events.filter(({ type }) => type === 'epoch').map(({ json }) => JSON.parse(json).epoch)
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

test('all events of an experiment, in order; each fits the contract', async () => {
  const collecting = collect()
  await writer.progress({ phase: 'train', phaseFraction: 0, epoch: 1, step: 1 })
  await writer.batches({ epoch: 1, firstStep: 1, losses: Float32Array.of(4.6, NaN) })
  await writer.epoch(epochResult(1))
  await writer.layers(testLayers(1))
  await writer.log({ level: 'info', message: 'a "line"', number: 1 })
  await writer.complete()
  const events = await collecting
  expect(events.map(({ type }) => type)).toEqual(['state', 'state', 'progress', 'batch', 'epoch', 'layers', 'log', 'state', 'end'])
  for (const { type, json } of events) ExperimentEvent.parse({ type, data: JSON.parse(json) })
  expect(events.every(({ id: eventId }, i) => i === 0 || isAfterEvent(eventId, events[i - 1]?.id ?? ''))).toBe(true)
})

test('two hundred subscribers that join and come back at any moment miss no event and get none twice', async () => {
  const LAST = 300
  const subscriber = async (leaveAfter: number): Promise<number[]> => {
    const received: FeedEvent[] = []
    const visit = new AbortController()
    for await (const event of feed.subscribe(id, { afterEventId: null, signal: visit.signal })) {
      received.push(event)
      if (received.length === leaveAfter) visit.abort()
    }
    return epochsOf([...received, ...(await collect(received.at(-1)?.id ?? null))])
  }
  const writing = (async () => {
    for (const epoch of numbers(1, LAST)) await writer.epoch(epochResult(epoch))
    await writer.complete()
  })()
  const received = await Promise.all(numbers(1, 200).map(subscriber))
  await writing
  expect(received.filter((epochs) => epochs.join() !== numbers(1, LAST).join())).toEqual([])
})

test('a subscriber gets only events of its own experiment', async () => {
  const other = (await store.create(newExperiment())).experiment.id
  const collecting = collect()
  const otherWriter = await begin(other)
  await otherWriter.epoch(epochResult(1))
  await otherWriter.complete()
  await writer.complete()
  expect(epochsOf(await collecting)).toEqual([])
  expect(epochsOf(await collect(null, other))).toEqual([1])
})

test.each(['nonsense', '1-1', '9999999999999-0'])(
  '%s — an id that is not in the stream brings a snapshot first, then what comes',
  async (afterEventId) => {
    await writer.epoch(epochResult(1))
    const stream = feed.subscribe(id, { afterEventId, signal })[Symbol.asyncIterator]()
    const first = await stream.next()
    const event = ExperimentEvent.parse({ type: first.value.type, data: JSON.parse(first.value.json) })
    expect(event).toMatchObject({ type: 'snapshot', data: { experiment: { id }, epochs: [{ epoch: 1 }] } })
    await writer.epoch(epochResult(2))
    expect((await stream.next()).value).toMatchObject({ type: 'epoch' })
  },
)

test('a stream that was cut at its beginning brings a snapshot to who wants all of it', async () => {
  for (const epoch of numbers(1, 5)) await writer.epoch(epochResult(epoch))
  await redis.xtrim(keysOf(prefix).events(id), 'MAXLEN', 3)
  await writer.complete()
  const events = await collect()
  expect(events.map(({ type }) => type)).toEqual(['snapshot', 'end'])
})

test('an experiment that ended long ago brings a snapshot and its end', async () => {
  await writer.epoch(epochResult(1))
  await writer.complete()
  const ttl = await redis.ttl(keysOf(prefix).events(id))
  expect(ttl).toBeGreaterThan(3500)
  expect(ttl).toBeLessThanOrEqual(3600)
  await redis.del(keysOf(prefix).events(id))
  expect((await collect()).map(({ type }) => type)).toEqual(['snapshot', 'end'])
})

test('a slow subscriber catches up from the stream', async () => {
  const stream = feed.subscribe(id, { afterEventId: null, signal })[Symbol.asyncIterator]()
  await stream.next()
  for (const epoch of numbers(1, 1500)) await writer.epoch(epochResult(epoch))
  await writer.complete()
  const rest: FeedEvent[] = []
  for (let next = await stream.next(); !next.done; next = await stream.next()) rest.push(next.value)
  expect(epochsOf(rest)).toEqual(numbers(1, 1500))
})

test('events written while the connection was lost arrive after it', async () => {
  const collecting = collect()
  await writer.epoch(epochResult(1))
  await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  await writer.epoch(epochResult(2))
  await writer.complete()
  expect(epochsOf(await collecting)).toEqual([1, 2])
})
