import type { Prediction } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ownRedis } from '@trainyard/testing/redis/own-redis'
import { poll } from '@trainyard/testing/inputs/poll'
import { createPhotoRequests, type PhotoRequests } from './photo-requests.ts'
import { createPhotoConsumer, type PhotoRequest, type PhotoConsumer } from './photo-consumer.ts'
import type { FetchedRequest } from './request-consumer.ts'

const own = ownRedis({ whenDown: 'wait' })
const WITHIN = { timeoutMs: 60_000 }
const LONG = { timeoutMs: 60_000, signal: new AbortController().signal }
const bytes = Buffer.from([0xff, 0xd8, 0xff, 0x00, 0x80, 0xfe])
const photo = { experimentId: '0hog681kme3dritv', bytes }
const prediction: Prediction = { model: { kind: 'best', epoch: 3 }, classes: [{ label: 7, name: 'rose', probability: 0.5 }] }

let redis: Redis
let prefix: string
let desk: PhotoRequests
let source: PhotoConsumer
let errors: unknown[]
let runs = 0

beforeAll(() => void (redis = own.redis))
beforeEach(() => {
  prefix = `{photo-${runs++}}`
  errors = []
  desk = createPhotoRequests({ redis, prefix })
  source = createPhotoConsumer({ redis, prefix, onError: (error) => errors.push(error) })
})
afterEach(async () => {
  await source.close()
  expect(errors).toEqual([])
})

const taken = (): Promise<FetchedRequest<PhotoRequest>> =>
  poll(async () => (await source.next()) ?? Promise.reject(new Error('nothing waits')), WITHIN)
const photoKeys = (): Promise<string[]> => redis.keys(`${prefix}:photo:*`)

test('the bytes reach one worker once, and nothing of them stays', async () => {
  const asked = desk.ask(photo, LONG)
  const question = await taken()
  expect(question.data).toEqual({ experimentId: photo.experimentId })
  expect(await source.takePhoto(question.id)).toEqual(bytes)
  expect(await source.takePhoto(question.id)).toBeNull()
  expect(await photoKeys()).toEqual([])
  await question.answer(prediction)
  expect(await asked).toEqual(prediction)
  expect(await redis.keys(`${prefix}:*${question.id}*`)).toEqual([])
})

test('a failure is answered, and not tried again', async () => {
  const failed = desk.ask(photo, LONG).catch((error: unknown) => error)
  const error = { class: 'infrastructure' as const, code: 'TRAINER_CRASHED', message: 'gone', advice: 'again' }
  await (await taken()).fail(error)
  await expect(failed).resolves.toMatchObject({ code: error.code, message: error.message })
  expect(await source.next()).toBeNull()
})

test('no worker — PREDICTION_TIMED_OUT, and neither photo nor job stays', async () => {
  await expect(desk.ask(photo, { ...LONG, timeoutMs: 50 })).rejects.toMatchObject({
    code: 'PREDICTION_TIMED_OUT',
    message: expect.stringContaining('No worker has taken the photo'),
  })
  expect(await photoKeys()).toEqual([])
  expect(await source.next()).toBeNull()
})

test('a client that leaves takes its photo along', async () => {
  const gone = new AbortController()
  const asked = desk.ask(photo, { timeoutMs: 3_600_000, signal: gone.signal })
  const [key = ''] = await poll(async () => {
    const keys = await photoKeys()
    expect(keys).toHaveLength(1)
    return keys
  }, WITHIN)
  expect(await redis.ttl(key)).toBeLessThanOrEqual(60)
  expect(await redis.ttl(key)).toBeGreaterThan(0)
  gone.abort()
  await expect(asked).rejects.toMatchObject({ code: 'PREDICTION_TIMED_OUT' })
  expect(await photoKeys()).toEqual([])
})
