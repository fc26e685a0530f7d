import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

test.each(['/api/v1/datasets', '/api/v1/datasets/flowers102', '/openapi.json', '/api/v1/experiments', '/api/v1/workers?format=csv'])(
  '%s — the second time 304 without a body, and whole again once it is another',
  async (url) => {
    const first = await api.app.inject(url)
    const { etag } = first.headers
    expect(etag).toEqual(expect.any(String))
    expect(first.headers['cache-control']).toBe('private, no-cache')
    const second = await api.app.inject({ url, headers: { 'if-none-match': String(etag) } })
    expect({ status: second.statusCode, body: second.body }).toEqual({ status: 304, body: '' })
    const other = await api.app.inject({ url, headers: { 'if-none-match': '"other"' } })
    expect(other.body).toBe(first.body)
  },
)

test('what has ended keeps its tag; what changes has another, and a failure none', async () => {
  const { id } = (await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload: { pool: 'no-workers' } })).json()
  const tag = async () => (await api.app.inject(`/api/v1/experiments/${id}`)).headers['etag']
  const before = await tag()
  await api.store.cancel(id)
  const ended = await tag()
  expect(ended).not.toBe(before)
  expect(await tag()).toBe(ended)
  expect((await api.app.inject('/api/v1/experiments/zzzzzzzz')).headers).not.toHaveProperty('etag')
})
