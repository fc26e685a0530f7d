import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

const calls: [string, { method: 'GET' | 'POST'; url: string; payload?: object }][] = [
  ['submit', { method: 'POST', url: '/api/v1/experiments', payload: {} }],
  ['list', { method: 'GET', url: '/api/v1/experiments' }],
  ['show', { method: 'GET', url: '/api/v1/experiments/latest' }],
  ['cancel', { method: 'POST', url: '/api/v1/experiments/latest/cancel' }],
  ['epochs', { method: 'GET', url: '/api/v1/experiments/latest/epochs' }],
  ['layers', { method: 'GET', url: '/api/v1/experiments/latest/layers' }],
  ['a model', { method: 'GET', url: '/api/v1/experiments/latest/models/best/model.json' }],
  ['events', { method: 'GET', url: '/api/v1/experiments/latest/events' }],
  ['probe', { method: 'POST', url: '/api/v1/probes', payload: {} }],
  ['wait for a probe', { method: 'GET', url: `/api/v1/probes/${'0'.repeat(24)}` }],
  ['workers', { method: 'GET', url: '/api/v1/workers' }],
  ['datasets', { method: 'GET', url: '/api/v1/datasets' }],
]

/** Every call must be refused by the API itself, well before its client gives up. */
async function expectAllRefused(): Promise<void> {
  const replies = await Promise.all(calls.map(([, call]) => api.app.inject({ ...call, signal: AbortSignal.timeout(10_000) })))
  for (const reply of replies) {
    expect(reply.json()).toMatchObject({ status: 503, code: 'REDIS_UNAVAILABLE', title: 'Redis cannot be reached' })
    expect(reply.headers['retry-after']).toBe('2')
    expect(reply.body).not.toMatch(/ECONN|ioredis|127\.0\.0\.1|\\n +at /)
  }
  const ready = await api.app.inject('/readyz')
  expect(ready.statusCode).toBe(503)
  expect(ready.json()).toMatchObject({
    ready: false,
    checks: expect.arrayContaining([expect.objectContaining({ name: 'redis', ok: false })]),
  })
  expect((await api.app.inject('/livez')).statusCode).toBe(200)
}

async function expectBack(): Promise<void> {
  await expect.poll(async () => (await api.app.inject('/readyz')).statusCode, { timeout: 30_000 }).toBe(200)
  expect((await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload: {} })).statusCode).toBe(201)
  expect((await api.app.inject({ method: 'POST', url: '/api/v1/probes', payload: {} })).statusCode).toBe(202)
}

describe('Redis away', () => {
  test('killed — 503 with Retry-After everywhere, then all is well again and nothing is lost', async () => {
    const { id } = (await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload: {} })).json()
    await api.server.kill()
    await expectAllRefused()
    await api.server.restart()
    await expectBack()
    expect((await api.app.inject(`/api/v1/experiments/${id}`)).json()).toMatchObject({ id, state: 'queued' })
  })

  test('frozen, connections open — the same', async () => {
    api.server.pause()
    await expectAllRefused()
    api.server.resume()
    await expectBack()
  })
})
