import { KeyRequest } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'
import { createAuditLog } from './audit-log.ts'
import { createKeyStore } from './key-store.ts'

const own = ownJobs()
const request = (fields: Partial<KeyRequest> = {}): KeyRequest => KeyRequest.parse({ name: 'ann', ...fields })

test('a key opens by its secret, which Redis does not have, until it is revoked', async () => {
  const { redis, prefix } = own.jobs
  const store = createKeyStore(own.jobs)
  expect(await store.exist()).toBe(false)
  const { secret, ...key } = await store.create(request({ maxQueued: 3 }))
  expect(key).toMatchObject({
    name: 'ann',
    owner: 'ann',
    scope: 'submit',
    maxRunning: null,
    maxQueued: 3,
    lastUsedAt: null,
    revokedAt: null,
  })
  expect(secret.length).toBeGreaterThan(40)
  expect(secret.startsWith(key.beginsWith)).toBe(true)
  const used = await store.use(secret)
  expect(used).toEqual({ ...key, lastUsedAt: expect.any(String) })
  expect(await store.use(`${secret}x`)).toBeNull()
  const everything = await Promise.all((await redis.keys(`${prefix}:api-key*`)).map(async (name) => JSON.stringify(await dump(name))))
  expect(everything.join('')).not.toContain(secret.slice(key.beginsWith.length))
  expect(await store.revoke(key.id)).toMatchObject({ revokedAt: expect.any(String) })
  const revoked = await store.revoke(key.id)
  expect(await store.use(secret)).toBeNull()
  expect(await store.list()).toEqual([revoked])
  expect(await store.exist()).toBe(true)
  await expect(store.revoke('other')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' })

  async function dump(name: string): Promise<unknown> {
    const kind = await redis.type(name)
    return kind === 'hash' ? redis.hgetall(name) : redis.zrange(name, '0', '-1')
  }
})

test("a key's maxRunning bounds its owner, and the owner's next key sets it again", async () => {
  const { redis, prefix } = own.jobs
  const store = createKeyStore(own.jobs)
  const limits = () => redis.hgetall(`${prefix}:limits`)
  await store.create(request({ maxRunning: 2 }))
  expect(await limits()).toEqual({ 'owner:ann': '2' })
  await store.create(request({ name: 'another', owner: 'ann', maxRunning: 5 }))
  expect(await limits()).toEqual({ 'owner:ann': '5' })
  await store.create(request())
  expect(await limits()).toEqual({})
})

test('the audit has all calls, newest first, page by page', async () => {
  const log = createAuditLog(own.jobs)
  expect(await log.list({ pageSize: 2 })).toEqual({ items: [], nextPageToken: null })
  const entry = { keyId: 'k', owner: 'ann', method: 'POST', target: null, status: 201, address: '::1', requestId: 'r' }
  for (const route of ['/1', '/2', '/3']) await log.add({ ...entry, route })
  const first = await log.list({ pageSize: 2 })
  const second = await log.list({ pageSize: 2, pageToken: first.nextPageToken ?? '' })
  expect([...first.items, ...second.items].map(({ route }) => route)).toEqual(['/3', '/2', '/1'])
  expect(second.nextPageToken).toBeNull()
  expect(first.items[0]).toEqual({ ...entry, route: '/3', id: expect.any(String), at: expect.any(String) })
  await expect(log.list({ pageSize: 2, pageToken: 'zz' })).rejects.toMatchObject({ code: 'PAGE_TOKEN_UNKNOWN' })
})
