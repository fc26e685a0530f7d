import type { ExperimentError, Probe, ProbeRequest } from '@trainyard/contracts'
import { connectRedis, createRequestConsumer, type FetchedRequest, PROBES, type RequestConsumer } from '@trainyard/jobs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { poll } from '@trainyard/testing/inputs/poll'
import { startTestApi, type TestApi, testWorker } from '../test-service.ts'

const WITHIN = { timeoutMs: 60_000 }
let api: TestApi
let worker: ReturnType<typeof connectRedis>
let consumer: RequestConsumer<ProbeRequest>
beforeAll(async () => {
  api = await startTestApi()
  worker = connectRedis(api.server.url, { name: 'test-worker', whenDown: 'wait' })
  consumer = createRequestConsumer(PROBES, { redis: worker, onError: () => {} })
})
afterAll(async () => {
  await consumer.close()
  worker.disconnect()
  await api.stop()
})

const post = (body: object, headers: Record<string, string> = {}) =>
  api.app.inject({ method: 'POST', url: '/api/v1/probes', payload: body, headers })
const get = (path: string, headers: Record<string, string> = {}) => api.app.inject({ url: `/api/v1/probes/${path}`, headers })
const taken = (): Promise<FetchedRequest<ProbeRequest>> =>
  poll(async () => (await consumer.next()) ?? Promise.reject(new Error('nothing waits')), WITHIN)

const layer = { layer: 1, kind: 'output' as const, outputNorm: 2.5, gradientNorm: 1, outputGradientNorm: 'Infinity' as const }
const cells = [
  { norm: 'none' as const, bias: true, depth: 0, outputNorm: { mean: 2.5, std: 0.5, values: [2, 3] }, layers: [layer] },
  { norm: 'none' as const, bias: true, depth: 9, outputNorm: { mean: 'NaN' as const, std: null, values: ['NaN' as const] }, layers: [] },
]
const error: ExperimentError = { class: 'user', code: 'DATASET_MISSING', message: 'not there', advice: 'fetch it' }

describe('POST /probes', () => {
  test('an empty body is the notebook’s table: 202, its location, and every field with its default', async () => {
    const reply = await post({})
    const probe: Probe = reply.json()
    expect(reply.statusCode).toBe(202)
    expect(reply.headers['location']).toBe(`/api/v1/probes/${probe.id}`)
    expect(probe).toMatchObject({ state: 'queued', request: { depths: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], batchSize: 10, input: 'randn' } })
    expect((await get(probe.id)).json()).toEqual(probe)
    await (await taken()).answer(cells)
    const again = await post({ seed: 0 })
    expect(again.statusCode).toBe(200)
    expect(again.json()).toMatchObject({ id: probe.id, state: 'completed', results: cells })
  })

  test('Prefer: wait — 200 with the result, and what was applied', async () => {
    const asked = post({ seed: 1 }, { prefer: 'wait=500' })
    await (await taken()).answer(cells)
    const reply = await asked
    expect(reply.statusCode).toBe(200)
    expect(reply.headers['preference-applied']).toBe('wait=60')
    expect(reply.json()).toMatchObject({ state: 'completed', results: cells, fraction: 1 })
  })

  test('Prefer: wait, and no worker in time — 202 with what is known', async () => {
    const reply = await post({ seed: 2 }, { prefer: 'wait=0' })
    expect([reply.statusCode, reply.json().state]).toEqual([202, 'queued'])
    await (await taken()).answer([])
  })

  test('a failure is an answer, too', async () => {
    const asked = post({ seed: 3 }, { prefer: 'wait=60' })
    await (await taken()).fail(error)
    const reply = await asked
    expect([reply.statusCode, reply.json()]).toEqual([200, expect.objectContaining({ state: 'failed', results: [], error })])
  })

  test.each<[object, number, string[]]>([
    [{ depths: [] }, 400, ['/depths']],
    [{ depth: 3 }, 400, ['/depth']],
    [{ input: 'mnist' }, 400, ['/input']],
    [{ norms: ['batch'], batchSize: 1 }, 422, ['/batchSize']],
    [{ norms: ['group'], width: 100 }, 422, ['/groupSize', '/width']],
    [{ draws: 1000, depths: [1, 2, 3, 4] }, 422, ['/draws']],
  ])('%j — %i, naming %j, and nothing is queued', async (body, status, pointers) => {
    const reply = await post(body)
    expect(reply.statusCode).toBe(status)
    expect(reply.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers)
    expect(await consumer.next()).toBeNull()
  })
})

test('larger than every live worker — NETWORK_TOO_LARGE, as long as there is one', async () => {
  const large = { depths: [64], width: 8192, norms: ['none'], batchSize: 1000, imageSize: 8 }
  await api.workers.heartbeat(testWorker())
  expect((await post(large)).json()).toMatchObject({
    status: 422,
    code: 'NETWORK_TOO_LARGE',
    detail: expect.stringContaining('live worker'),
  })
  expect((await post({ seed: 5 })).statusCode).toBe(202)
  await (await taken()).answer(cells)
  await api.workers.remove('worker-1')
})

describe('GET /probes/{id}', () => {
  test('as CSV: a row for each norm, bias and depth', async () => {
    const { id } = (await post({ seed: 4 })).json()
    expect((await get(`${id}?format=csv`)).body).toBe('norm,bias,depth,mean,std,values\n')
    const waiting = get(id, { accept: 'text/csv', prefer: 'wait=60' })
    await (await taken()).answer(cells)
    const reply = await waiting
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(reply.headers['vary']).toBe('accept, prefer')
    expect(reply.body).toBe('norm,bias,depth,mean,std,values\nnone,true,0,2.5,0.5,2;3\nnone,true,9,NaN,,NaN\n')
  })

  test.each(['meta', '0'.repeat(24), 'latest'])('%s — PROBE_NOT_FOUND', async (id) => {
    const reply = await get(id)
    expect([reply.statusCode, reply.json().code]).toEqual([404, 'PROBE_NOT_FOUND'])
  })
})

test('a service that closes ends the waits', async () => {
  const closing = await startTestApi()
  const waiting = closing.app.inject({ method: 'POST', url: '/api/v1/probes', payload: {}, headers: { prefer: 'wait=60' } })
  await poll(async () => expect(await closing.redis.exists('{trainyard}:probe-v1:wait')).toBe(1), WITHIN)
  await closing.app.close()
  expect((await waiting).statusCode).toBe(202)
  await closing.stop()
})
