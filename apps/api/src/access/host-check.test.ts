import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

describe('foreign pages', () => {
  test.each(['localhost', 'LOCALHOST:8787', '127.0.0.1:1', '[::1]:8787'])('Host %s — answered', async (host) => {
    expect((await api.app.inject({ url: '/livez', headers: { host } })).statusCode).toBe(200)
  })

  test.each(['evil.example', 'localhost.evil.example', 'evil.example:8787', '127.0.0.1.evil.example', '0.0.0.0:8787'])(
    'Host %s — refused',
    async (host) => {
      const reply = await api.app.inject({ url: '/api/v1/experiments', headers: { host } })
      expect(reply.json()).toMatchObject({ status: 403, code: 'HOST_REFUSED' })
    },
  )

  test.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'http://127.0.0.1:80@evil.example'])(
    'Origin %s on a POST — refused',
    async (origin) => {
      const reply = await api.app.inject({ method: 'POST', url: '/api/v1/experiments', headers: { origin }, payload: {} })
      expect(reply.json()).toMatchObject({ status: 403, code: 'HOST_REFUSED' })
      expect((await api.app.inject('/api/v1/experiments')).json().items).toEqual([])
    },
  )

  test('a page of this host — may POST; a foreign page may not read', async () => {
    const payload = {}
    const own = { origin: 'http://localhost:8787' }
    expect((await api.app.inject({ method: 'POST', url: '/api/v1/experiments', headers: own, payload })).statusCode).toBe(201)
    const foreign = await api.app.inject({ url: '/api/v1/experiments', headers: { origin: 'https://evil.example' } })
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('requests', () => {
  test('x-request-id — taken where it is harmless, else made; in the answer, the problem and the log', async () => {
    const brought = await api.app.inject({ url: '/nowhere', headers: { 'x-request-id': 'mine-1' } })
    expect(brought.headers['x-request-id']).toBe('mine-1')
    expect(brought.json()).toMatchObject({ status: 404, code: 'ROUTE_NOT_FOUND', requestId: 'mine-1', instance: '/nowhere' })
    const made = await api.app.inject({ url: '/livez', headers: { 'x-request-id': 'a b\nc' } })
    expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(api.log.map((line) => JSON.parse(line))).toContainEqual(expect.objectContaining({ requestId: 'mine-1', status: 404 }))
  })

  test('the log of a call about an experiment — carries its whole id', async () => {
    const { id } = (
      await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload: {}, headers: { 'x-request-id': 'made' } })
    ).json()
    await api.app.inject({ url: '/api/v1/experiments/latest', headers: { 'x-request-id': 'shown' } })
    const lines = api.log.map((line) => JSON.parse(line))
    expect(lines).toContainEqual(expect.objectContaining({ requestId: 'made', experimentId: id, status: 201 }))
    expect(lines).toContainEqual(expect.objectContaining({ requestId: 'shown', experimentId: id, status: 200 }))
  })

  test('a path that cannot be read — 400, as a problem', async () => {
    const reply = await api.app.inject('/%zz')
    expect(reply.headers['content-type']).toContain('application/problem+json')
    expect(reply.json()).toMatchObject({ status: 400, code: 'INVALID_INPUT', requestId: reply.headers['x-request-id'] })
  })
})
