import type { KeyRequest } from '@trainyard/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi({ origins: ['https://lab.example'] })
})
afterEach(() => api.stop())

const URL = '/api/v1/experiments'
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })
async function makeKey(fields: Partial<KeyRequest> & { name: string }) {
  return api.keys.create({ scope: 'submit', requestsPerMinute: 600, ...fields })
}

describe('keys', () => {
  test('the first one is an admin’s, made without one; from then on all need one, and what was made before stays', async () => {
    const early = await api.app.inject({ method: 'POST', url: URL, payload: { pool: 'no-workers' } })
    expect(early.json()).toMatchObject({ owner: null })
    const refused = await api.app.inject({ method: 'POST', url: '/api/v1/keys', payload: { name: 'ann' } })
    expect(refused.json()).toMatchObject({ status: 403, code: 'FORBIDDEN', detail: expect.stringContaining('admin') })
    const made = await api.app.inject({ method: 'POST', url: '/api/v1/keys', payload: { name: 'head', scope: 'admin' } })
    expect(made.statusCode).toBe(201)
    expect(made.headers['cache-control']).toBe('no-store')
    const { secret, id } = made.json()
    const listed = await api.app.inject({ url: '/api/v1/keys', headers: bearer(secret) })
    expect(listed.json().items).toEqual([expect.objectContaining({ id, name: 'head', owner: 'head' })])
    expect(listed.body).not.toContain(secret)
    const without = await api.app.inject(URL)
    expect(without.json()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    expect(without.headers['www-authenticate']).toMatch(/^Bearer/)
    expect((await api.app.inject({ url: URL, headers: bearer(secret) })).json().items).toHaveLength(1)
  })

  test('submits belong to the key’s owner, who alone changes them; a priority above 0 is an admin’s', async () => {
    const [ann, ben, head] = [
      await makeKey({ name: 'ann' }),
      await makeKey({ name: 'ben' }),
      await makeKey({ name: 'head', scope: 'admin' }),
    ]
    const submit = (secret: string, payload: object) =>
      api.app.inject({ method: 'POST', url: URL, payload: { pool: 'no-workers', ...payload }, headers: bearer(secret) })
    const { id, owner } = (await submit(ann.secret, {})).json()
    expect(owner).toBe('ann')
    const patch = (secret: string, payload: object) =>
      api.app.inject({ method: 'PATCH', url: `${URL}/${id}`, payload, headers: bearer(secret) })
    expect((await patch(ben.secret, { name: 'mine' })).json()).toMatchObject({ code: 'FORBIDDEN' })
    expect((await patch(ann.secret, { name: 'mine' })).json()).toMatchObject({ name: 'mine' })
    expect((await patch(ann.secret, { priority: 1 })).json()).toMatchObject({ code: 'FORBIDDEN' })
    expect((await patch(head.secret, { priority: 1 })).json()).toMatchObject({ priority: 1 })
    expect((await submit(ann.secret, { priority: 1 })).json()).toMatchObject({ code: 'FORBIDDEN' })
    expect((await submit(ann.secret, { priority: -5 })).json()).toMatchObject({ priority: -5 })
    const others = await api.app.inject({ url: `${URL}?owner=ben`, headers: bearer(ann.secret) })
    expect(others.json().items).toEqual([])
  })

  test('an idempotency key is each API key’s own', async () => {
    const [ann, ben] = [await makeKey({ name: 'ann' }), await makeKey({ name: 'ben' })]
    const submit = async (secret: string) =>
      (
        await api.app.inject({
          method: 'POST',
          url: URL,
          payload: { pool: 'no-workers' },
          headers: { ...bearer(secret), 'idempotency-key': 'same' },
        })
      ).json().id
    const first = await submit(ann.secret)
    expect(await submit(ann.secret)).toBe(first)
    expect(await submit(ben.secret)).not.toBe(first)
  })

  test('quotas: what waits above maxQueued is refused with a sentence', async () => {
    const { secret } = await makeKey({ name: 'ann', maxQueued: 1 })
    const submit = () => api.app.inject({ method: 'POST', url: URL, payload: { pool: 'no-workers' }, headers: bearer(secret) })
    expect((await submit()).statusCode).toBe(201)
    expect((await submit()).json()).toMatchObject({ status: 429, code: 'QUOTA_EXCEEDED', detail: expect.stringContaining('ann') })
  })

  test('a key in an address is refused, and neither log nor audit has one', async () => {
    const { secret } = await makeKey({ name: 'head', scope: 'admin' })
    expect((await api.app.inject(`${URL}?key=${secret}`)).json()).toMatchObject({
      status: 400,
      detail: expect.stringContaining('Authorization'),
    })
    await api.app.inject({ method: 'POST', url: URL, payload: { pool: 'no-workers' }, headers: bearer(secret) })
    const audit = await api.app.inject({ url: '/api/v1/audit', headers: bearer(secret) })
    expect(audit.json().items).toHaveLength(1)
    expect(api.log.length).toBeGreaterThan(2)
    for (const text of [audit.body, ...api.log]) expect(text).not.toContain(secret.slice(8))
  })
})

describe('rate limits', () => {
  test('every response has what is left; beyond it 429 as a problem, and another key still works', async () => {
    const [ann, ben] = [await makeKey({ name: 'ann', requestsPerMinute: 2 }), await makeKey({ name: 'ben' })]
    const get = (secret: string) => api.app.inject({ url: '/api/v1/workers', headers: bearer(secret) })
    const first = await get(ann.secret)
    expect(first.headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '1', 'ratelimit-reset': expect.any(String) })
    await get(ann.secret)
    const refused = await get(ann.secret)
    expect(refused.headers['content-type']).toContain('application/problem+json')
    expect(refused.json()).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await get(ben.secret)).statusCode).toBe(200)
  })

  test('where no key is needed there is none', async () => {
    const reply = await api.app.inject('/api/v1/workers')
    expect(reply.headers).not.toHaveProperty('ratelimit-limit')
  })

  test('a client that guesses keys has to wait', async () => {
    await makeKey({ name: 'ann' })
    const statuses: number[] = []
    for (let i = 0; i < 40; i++) statuses.push((await api.app.inject({ url: URL, headers: bearer(`ty_wrong-${i}`) })).statusCode)
    expect(statuses[0]).toBe(401)
    expect(statuses.at(-1)).toBe(429)
  })
})

describe('the audit', () => {
  test('has every changing call, refused ones too, with who, what and how it ended; looking is not noted', async () => {
    const [ann, head] = [await makeKey({ name: 'ann' }), await makeKey({ name: 'head', scope: 'admin' })]
    const { id } = (await api.app.inject({ method: 'POST', url: URL, payload: { pool: 'no-workers' }, headers: bearer(ann.secret) })).json()
    await api.app.inject({ url: URL, headers: bearer(ann.secret) })
    await api.app.inject({ method: 'POST', url: `${URL}/${id}/cancel`, headers: bearer(ann.secret) })
    await api.app.inject({ method: 'POST', url: `${URL}/${id}/cancel` })
    const items = (await api.app.inject({ url: '/api/v1/audit', headers: bearer(head.secret) })).json().items
    expect(items).toMatchObject([
      { keyId: null, method: 'POST', route: '/api/v1/experiments/:id/cancel', target: id, status: 401 },
      { keyId: ann.id, owner: 'ann', route: '/api/v1/experiments/:id/cancel', target: id, status: 202, requestId: expect.any(String) },
      { keyId: ann.id, owner: 'ann', method: 'POST', route: '/api/v1/experiments', target: id, status: 201 },
    ])
    const csv = await api.app.inject({ url: '/api/v1/audit?format=csv&pageSize=1', headers: bearer(head.secret) })
    expect(csv.body.trimEnd().split('\n')).toHaveLength(2)
    expect(csv.headers['link']).toContain('rel="next"')
  })
})

describe('browsers', () => {
  test('answers are no pages; /docs may run its own script', async () => {
    const data = await api.app.inject(URL)
    expect(data.headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
    })
    const docs = await api.app.inject('/docs/')
    expect(docs.headers['content-security-policy']).toContain("script-src 'self'")
  })

  test('a named site may call from a browser, any other may not', async () => {
    const preflight = (origin: string) =>
      api.app.inject({
        method: 'OPTIONS',
        url: URL,
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      })
    expect((await preflight('https://lab.example')).headers).toMatchObject({ 'access-control-allow-origin': 'https://lab.example' })
    expect((await preflight('https://evil.example')).headers).not.toHaveProperty('access-control-allow-origin')
    const post = (origin: string) => api.app.inject({ method: 'POST', url: URL, payload: { pool: 'no-workers' }, headers: { origin } })
    expect((await post('https://lab.example')).statusCode).toBe(201)
    expect((await post('https://evil.example')).json()).toMatchObject({ code: 'HOST_REFUSED' })
  })

  test("a page that is allowed reads event streams, too, which have every answer's headers", async () => {
    const { id } = (await api.store.create(newExperiment({ pool: 'no-workers' }))).experiment
    await api.store.cancel(id)
    const reply = await api.app.inject({ url: `/api/v1/experiments/${id}/events`, headers: { origin: 'https://lab.example' } })
    expect(reply.statusCode).toBe(200)
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': 'https://lab.example',
      'x-content-type-options': 'nosniff',
      'content-type': 'text/event-stream; charset=utf-8',
    })
  })
})
