import {
  connectRedis,
  createRequestConsumer,
  type FetchedRequest,
  type PredictionRequest,
  PREDICTIONS,
  type RequestConsumer,
} from '@trainyard/jobs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { poll } from '@trainyard/testing/inputs/poll'
import { testEpoch } from '@trainyard/testing/experiments/test-epoch'
import { claimNext, startTestApi, type TestApi } from '../test-service.ts'

const WITHIN = { timeoutMs: 60_000 }

let api: TestApi
let worker: ReturnType<typeof connectRedis>
let consumer: RequestConsumer<PredictionRequest>
beforeAll(async () => {
  api = await startTestApi()
  worker = connectRedis(api.server.url, { name: 'test-worker', whenDown: 'wait' })
  consumer = createRequestConsumer(PREDICTIONS, { redis: worker, onError: () => {} })
})
afterAll(async () => {
  await consumer.close()
  worker.disconnect()
  await api.stop()
})

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x80])
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00])
const predict = (id: string, payload: Buffer, headers: Record<string, string>) =>
  api.app.inject({ method: 'POST', url: `/api/v1/experiments/${id}/predict`, payload, headers })

describe('POST /experiments/{id}/predict — what it refuses', () => {
  test.each<[string, Buffer, Record<string, string>, number, string]>([
    ['JSON', Buffer.from('{}'), { 'content-type': 'application/json' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form', JPEG, { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['no type', JPEG, {}, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another picture', Buffer.from('GIF89a'), { 'content-type': 'image/jpeg' }, 422, 'PHOTO_UNREADABLE'],
    ['three bytes of a PNG', PNG.subarray(0, 3), { 'content-type': 'image/png' }, 422, 'PHOTO_UNREADABLE'],
    ['nothing', Buffer.alloc(0), { 'content-type': 'image/png' }, 422, 'PHOTO_UNREADABLE'],
    ['11 MiB', Buffer.concat([JPEG, Buffer.alloc(11 * 2 ** 20)]), { 'content-type': 'image/jpeg' }, 413, 'BODY_TOO_LARGE'],
    ['a photo for an unknown experiment', JPEG, { 'content-type': 'image/jpeg' }, 404, 'EXPERIMENT_NOT_FOUND'],
    [
      'a photo of 9 MiB for an unknown experiment',
      Buffer.concat([PNG, Buffer.alloc(9 * 2 ** 20)]),
      { 'content-type': 'application/octet-stream' },
      404,
      'EXPERIMENT_NOT_FOUND',
    ],
  ])('%s', async (_what, payload, headers, status, code) => {
    const reply = await predict('0hog681kme3dritv', payload, headers)
    expect([reply.statusCode, reply.json().code]).toEqual([status, code])
    expect(await api.redis.keys('*:attachment:*')).toEqual([])
  })

  test('the limit that it names is its own', async () => {
    const reply = await predict('latest', Buffer.alloc(11 * 2 ** 20), { 'content-type': 'image/jpeg' })
    expect(reply.json().detail).toContain(`${10 * 2 ** 20} bytes`)
  })
})

describe('POST /experiments/{id}/predict — with a worker', () => {
  const submit = async (pool: string): Promise<string> => {
    const reply = await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload: { epochs: 1, pool } })
    return reply.json().id
  }
  const taken = (): Promise<FetchedRequest<PredictionRequest>> =>
    poll(async () => (await consumer.next()) ?? Promise.reject(new Error('nothing waits')), WITHIN)
  const classes = [{ label: 73, name: 'rose', probability: 0.4 }]
  let trained: string
  beforeAll(async () => {
    await submit('photos')
    const claimed = await claimNext(api, 'photos')
    trained = claimed.id
    await claimed.attempt.epoch(testEpoch(1))
    await claimed.attempt.model({ kind: 'best', epoch: 1, bytes: 1234, folder: 'token' })
    await claimed.attempt.complete()
    await claimed.leave()
  })

  test.each([
    ['image/jpeg', JPEG],
    ['image/png', PNG],
    ['application/octet-stream', PNG],
  ])('%s — the worker gets every byte of it, and its answer is the reply', async (type, photo) => {
    const asked = predict(trained, photo, { 'content-type': type })
    const fetched = await taken()
    expect(fetched.data).toEqual({ experimentId: trained })
    expect(await consumer.takeAttachment(fetched.id)).toEqual(photo)
    await fetched.answer({ model: { kind: 'best', epoch: 1 }, classes })
    const reply = await asked
    expect([reply.statusCode, reply.json()]).toEqual([200, { model: { kind: 'best', epoch: 1 }, classes }])
  })

  test.each([
    ['user', 'PHOTO_UNREADABLE', 422],
    ['infrastructure', 'TRAINER_CRASHED', 503],
    ['infrastructure', 'a code of tomorrow', 503],
  ] as const)('a failure of class %s with code %s is a %i', async (errorClass, code, status) => {
    const asked = predict(trained, JPEG, { 'content-type': 'image/jpeg' })
    await (await taken()).fail({ class: errorClass, code, message: 'So it went', advice: 'Again' })
    const reply = await asked
    expect([reply.statusCode, reply.json().detail]).toEqual([status, 'So it went'])
  })

  test('an experiment without a model — MODEL_NOT_FOUND, and no worker is asked', async () => {
    const reply = await predict(await submit('no-workers'), JPEG, { 'content-type': 'image/jpeg' })
    expect([reply.statusCode, reply.json().code]).toEqual([404, 'MODEL_NOT_FOUND'])
    expect(await consumer.next()).toBeNull()
  })

  test('nothing of a photo stands in the log', async () => {
    expect(api.log.join('')).not.toMatch(/\/9j|\\u00ff|255,216/)
  })
})
