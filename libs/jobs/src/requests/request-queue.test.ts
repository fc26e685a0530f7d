import type { Prediction } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ownRedis } from '@trainyard/testing/redis/own-redis'
import { poll } from '@trainyard/testing/inputs/poll'
import { createRequestConsumer, type FetchedRequest, type RequestConsumer } from './request-consumer.ts'
import { PREDICTIONS, type PredictionRequest } from './request-kinds.ts'
import { createRequestQueue, type RequestQueue } from './request-queue.ts'

const own = ownRedis({ whenDown: 'wait' })
const WITHIN = { timeoutMs: 60_000 }
const LONG = { timeoutMs: 60_000, signal: new AbortController().signal, attachment: Buffer.from([0xff, 0xd8, 0xff, 0x00, 0x80, 0xfe]) }
const request = { experimentId: '0hog681kme3dritv' }
const prediction: Prediction = { model: { kind: 'best', epoch: 3 }, classes: [{ label: 7, name: 'rose', probability: 0.5 }] }

let redis: Redis
let prefix: string
let queue: RequestQueue<PredictionRequest, Prediction>
let consumer: RequestConsumer<PredictionRequest>
let errors: unknown[]
let runs = 0

beforeAll(() => void (redis = own.redis))
beforeEach(() => {
  prefix = `{request-${runs++}}`
  errors = []
  queue = createRequestQueue(PREDICTIONS, { redis, prefix })
  consumer = createRequestConsumer(PREDICTIONS, { redis, prefix, onError: (error) => errors.push(error) })
})
afterEach(async () => {
  await consumer.close()
  expect(errors).toEqual([])
})

const taken = (): Promise<FetchedRequest<PredictionRequest>> =>
  poll(async () => (await consumer.next()) ?? Promise.reject(new Error('nothing waits')), WITHIN)
const attachments = (): Promise<string[]> => redis.keys(`${prefix}:attachment:*`)

test('the bytes reach one worker once, and nothing of them stays', async () => {
  const submitted = queue.submit(request, LONG)
  const fetched = await taken()
  expect(fetched.data).toEqual(request)
  expect(await consumer.takeAttachment(fetched.id)).toEqual(LONG.attachment)
  expect(await consumer.takeAttachment(fetched.id)).toBeNull()
  expect(await attachments()).toEqual([])
  await fetched.answer(prediction)
  expect(await submitted).toEqual(prediction)
  expect(await redis.keys(`${prefix}:*${fetched.id}*`)).toEqual([])
})

test('a failure is answered, and not tried again', async () => {
  const failed = queue.submit(request, LONG).catch((error: unknown) => error)
  const error = { class: 'infrastructure' as const, code: 'TRAINER_CRASHED', message: 'gone', advice: 'again' }
  await (await taken()).fail(error)
  await expect(failed).resolves.toMatchObject({ code: error.code, message: error.message })
  expect(await consumer.next()).toBeNull()
})

test('no worker — PREDICTION_TIMED_OUT, and neither attachment nor job stays', async () => {
  await expect(queue.submit(request, { ...LONG, timeoutMs: 50 })).rejects.toMatchObject({
    code: 'PREDICTION_TIMED_OUT',
    message: expect.stringContaining('No worker has taken the photo'),
  })
  expect(await attachments()).toEqual([])
  expect(await consumer.next()).toBeNull()
})

test('a client that leaves takes its attachment along', async () => {
  const gone = new AbortController()
  const submitted = queue.submit(request, { ...LONG, timeoutMs: 3_600_000, signal: gone.signal })
  const [key = ''] = await poll(async () => {
    const keys = await attachments()
    expect(keys).toHaveLength(1)
    return keys
  }, WITHIN)
  expect(await redis.ttl(key)).toBeLessThanOrEqual(60)
  expect(await redis.ttl(key)).toBeGreaterThan(0)
  gone.abort()
  await expect(submitted).rejects.toMatchObject({ code: 'PREDICTION_TIMED_OUT' })
  expect(await attachments()).toEqual([])
})
