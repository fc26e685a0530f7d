import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

test.each([
  ['PUT', '/api/v1/experiments', 'GET, HEAD, POST'],
  ['PUT', '/api/v1/experiments/abcd', 'DELETE, GET, HEAD, PATCH'],
  ['DELETE', '/livez', 'GET, HEAD'],
] as const)('%s %s — 405 with what it takes', async (method, url, allow) => {
  const reply = await api.app.inject({ method, url, payload: {} })
  expect(reply.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' })
  expect(reply.headers['allow']).toBe(allow)
})

test('what is nowhere — 404, whatever its body', async () => {
  const reply = await api.app.inject({ method: 'POST', url: '/api/v1/nothing', headers: { 'content-type': 'text/plain' }, payload: 'x' })
  expect(reply.json()).toMatchObject({ status: 404, code: 'ROUTE_NOT_FOUND' })
})
