import { SamplesAnswer, type SamplesRequest } from '@trainyard/contracts'
import { connectRedis, createRequestConsumer, type FetchedRequest, type RequestConsumer, SAMPLES } from '@trainyard/jobs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { poll } from '@trainyard/testing/inputs/poll'
import { startTestApi, type TestApi, testWorker } from '../test-service.ts'

let api: TestApi
let worker: ReturnType<typeof connectRedis>
let consumer: RequestConsumer<SamplesRequest>
beforeAll(async () => {
  api = await startTestApi()
  worker = connectRedis(api.server.url, { name: 'test-worker', whenDown: 'wait' })
  consumer = createRequestConsumer(SAMPLES, { redis: worker, onError: () => {} })
})
afterAll(async () => {
  await consumer.close()
  worker.disconnect()
  await api.stop()
})

const get = (query: string, headers: Record<string, string> = {}) =>
  api.app.inject({ url: `/api/v1/datasets/synthetic-flowers/samples${query}`, headers })
const taken = (): Promise<FetchedRequest<SamplesRequest>> =>
  poll(async () => (await consumer.next()) ?? Promise.reject(new Error('nothing waits')), { timeoutMs: 60_000 })

test.each([
  ['/api/v1/datasets/roses/samples', 404, 'DATASET_NOT_FOUND'],
  ['/api/v1/datasets/flowers102/samples?columns=17', 400, 'INVALID_INPUT'],
  ['/api/v1/datasets/flowers102/samples?label=102', 400, 'INVALID_INPUT'],
  ['/api/v1/datasets/flowers102/samples?format=jpeg', 400, 'INVALID_INPUT'],
  ['/api/v1/datasets/flowers102/samples', 503, 'SAMPLES_TIMED_OUT'],
])('%s with no worker — %d %s', async (url, status, code) => {
  const reply = await api.app.inject(url)
  expect([reply.statusCode, reply.json().code]).toEqual([status, code])
})

describe('with a worker', () => {
  beforeAll(() => api.workers.heartbeat(testWorker({ id: 'worker-1' })))
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00])
  const items = [{ row: 0, column: 0, index: 12, label: 3, name: '=sweet pea' }]

  test('the picture, and what is to be seen in it, of one drawing', async () => {
    const asked = get('?rows=1&columns=1&label=3&seed=7')
    const fetched = await taken()
    const request = { dataset: 'synthetic-flowers', split: 'train', imageSize: 64, rows: 1, columns: 1, label: 3, seed: 7 }
    expect(fetched.data).toEqual(request)
    await fetched.answer(SamplesAnswer.parse({ png: png.toString('base64'), items }))
    const reply = await asked
    expect([reply.statusCode, reply.headers['content-type'], reply.headers.vary]).toEqual([200, 'image/png', 'accept'])
    expect(reply.rawPayload).toEqual(png)
    const query = '?rows=1&columns=1&label=3&seed=7'
    expect((await get(query, { accept: 'text/html, image/png;q=0.9, */*;q=0.1' })).rawPayload).toEqual(png)
    expect((await get(query, { accept: 'application/json' })).json()).toEqual({ items })
    expect((await get(`${query}&format=csv`)).body).toBe("row,column,index,label,name\n0,0,12,3,'=sweet pea\n")
    expect((await get(query, { accept: 'image/webp' })).json().code).toBe('NOT_ACCEPTABLE')
    expect((await get(query, { 'if-none-match': String(reply.headers.etag) })).statusCode).toBe(304)
    expect(await consumer.next()).toBeNull()
  })

  test('a failure of the worker is returned as its own error', async () => {
    const asked = get('?split=val')
    await (await taken()).fail({ class: 'user', code: 'DATASET_MISSING', message: 'Flowers102 is not here', advice: 'Fetch it' })
    const reply = await asked
    expect([reply.statusCode, reply.json().code, reply.json().detail]).toEqual([422, 'DATASET_MISSING', 'Flowers102 is not here'])
  })
})
