import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startRedisProxy } from '@trainyard/testing/redis/redis-proxy'
import { presentPythonWithMoto } from '@trainyard/testing/python/python-with-moto'
import { type S3Process, startS3 } from '@trainyard/testing/services/s3-process'
import type { RemoteStore } from './object-store.ts'
import { createS3Store } from './s3-store.ts'
import { StoreEnv, storeSettings } from './store-settings.ts'

const python = await presentPythonWithMoto()

test('storeSettings() — none without an address; bucket, prefix and region from the environment', () => {
  expect(storeSettings(StoreEnv.parse({ AWS_REGION: 'eu-west-1' }))).toBeNull()
  const env = { TRAINYARD_ARTIFACTS: 's3://bucket/a/b', TRAINYARD_S3_ENDPOINT: 'http://127.0.0.1:9000' }
  expect(storeSettings(StoreEnv.parse(env))).toEqual({
    ...{ bucket: 'bucket', prefix: 'a/b/', region: 'us-east-1', endpoint: 'http://127.0.0.1:9000', publicEndpoint: undefined },
  })
  expect(storeSettings(StoreEnv.parse({ TRAINYARD_ARTIFACTS: '', TRAINYARD_S3_ENDPOINT: '', AWS_REGION: '' }))).toBeNull()
  expect(StoreEnv.safeParse({ TRAINYARD_S3_ENDPOINT: 'ftp://x' }).error?.message).toContain('must be an http:// or https:// address')
  for (const address of ['s3://bucket', 's3://bucket/', 's3://bucket/a/'])
    expect(storeSettings(StoreEnv.parse({ TRAINYARD_ARTIFACTS: address }))?.prefix).toBe(address.endsWith('/a/') ? 'a/' : '')
  for (const address of ['/var/lib', 's3://', 's3://Bucket', 's3://bucket/../x'])
    expect(StoreEnv.safeParse({ TRAINYARD_ARTIFACTS: address }).error?.message).toContain('must be s3://BUCKET or s3://BUCKET/PREFIX')
})

describe.skipIf(python === null)('an S3-compatible store', () => {
  const PART_BYTES = 1000
  let s3: S3Process
  let store: RemoteStore
  let folder: string
  const storeAt = (endpoint?: string, options = {}): RemoteStore => {
    const settings = storeSettings(StoreEnv.parse(s3.env(endpoint)))
    if (!settings) throw new Error('no store')
    return createS3Store({ ...settings, partBytes: PART_BYTES, ...options })
  }
  const fileOf = async (bytes: number): Promise<{ file: string; content: Buffer }> => {
    const [file, content] = [path.join(folder, `${bytes}`), randomBytes(bytes)]
    await writeFile(file, content)
    return { file, content }
  }

  beforeAll(async () => {
    s3 = await startS3({ python: python ?? '' })
    Object.assign(process.env, s3.env())
    store = storeAt()
  })
  afterAll(() => s3.stop())
  beforeEach(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 's3-'))))
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test.each([0, 1, PART_BYTES, PART_BYTES + 1, 9 * PART_BYTES + 500])(
    'a file of %i bytes goes in and comes back, also as a copy',
    async (bytes) => {
      const { file, content } = await fileOf(bytes)
      const key = `files/${bytes}`
      await store.putFile(key, { file })
      const [object] = await store.list(key)
      expect(object).toMatchObject({ key, bytes })
      expect(await store.copy({ key, bytes, modifiedAtMs: 0 }, `copies/${bytes}`)).toBe(true)
      for (const each of [key, `copies/${bytes}`]) {
        const back = path.join(folder, 'below', 'back')
        expect(await store.getFile(each, { file: back })).toBe(true)
        expect(await readFile(back)).toEqual(content)
        const opened = await store.open(each)
        expect(opened?.bytes).toBe(bytes)
        expect(opened && (await buffer(opened.stream))).toEqual(content)
      }
      expect(await readdir(path.join(folder, 'below'))).toEqual(['back'])
      expect(await s3.openUploads()).toBe(0)
    },
  )

  test('what is not there — null or false, and removing it is no fault', async () => {
    expect(await store.open('none')).toBeNull()
    expect(await store.getFile('none', { file: path.join(folder, 'none') })).toBe(false)
    for (const bytes of [1, 100 * PART_BYTES]) expect(await store.copy({ key: 'none', bytes, modifiedAtMs: 0 }, 'other')).toBe(false)
    await store.remove('none')
    expect(await readdir(folder)).toEqual([])
    expect(await store.list('none')).toEqual([])
  })

  test('a list of more than a page', async () => {
    const lanes = Array.from({ length: 7 }, async (_, lane) => {
      for (let i = 0; i < 143; i++) await store.put(`many/${lane}-${i}`, Buffer.from(`${i}`))
    })
    await Promise.all(lanes)
    expect(new Set((await store.list('many/')).map(({ key }) => key)).size).toBe(1001)
    expect(await store.list('many/', { atMost: 1 })).toHaveLength(1)
  })

  test.each([10, 5 * PART_BYTES])('a damaged object of %i bytes is noticed, and no reader gets all of it', async (bytes) => {
    const { file } = await fileOf(bytes)
    await store.putFile('damaged', { file })
    await s3.damage('damaged')
    const back = path.join(folder, 'back')
    await expect(store.getFile('damaged', { file: back })).rejects.toThrow(/damaged is damaged/)
    expect(await readdir(folder)).toEqual([`${bytes}`])
    const opened = await store.open('damaged')
    const pieces: Uint8Array[] = []
    await expect(
      (async () => {
        for await (const piece of opened?.stream ?? []) pieces.push(piece)
      })(),
    ).rejects.toThrow(/damaged/)
    expect(Buffer.concat(pieces).length).toBeLessThan(bytes)
  })

  test('an upload that is broken off, or fails in the middle, leaves no part; again, it is whole', async () => {
    const { file, content } = await fileOf(20 * PART_BYTES)
    const proxy = await startRedisProxy(s3.url)
    const through = storeAt(proxy.url.replace('redis:', 'http:'))
    const stop = new AbortController()
    let parts = 0
    proxy.obey(({ bytes }) => {
      if (bytes.includes('partNumber=6')) stop.abort()
      parts += bytes.includes('x-id=UploadPart') ? 1 : 0
      return 'pass'
    })
    await expect(through.putFile('broken', { file, signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' })
    expect(parts).toBeGreaterThan(0)
    proxy.obey(({ bytes }) => (bytes.includes('partNumber=6') ? 'break' : 'pass'))
    await expect(through.putFile('broken', { file })).rejects.toMatchObject({ code: 'ARTIFACTS_UNAVAILABLE' })
    expect(await s3.openUploads()).toBe(0)
    expect(await store.open('broken')).toBeNull()
    proxy.heal()
    await through.putFile('broken', { file })
    const opened = await store.open('broken')
    expect(opened && (await buffer(opened.stream))).toEqual(content)
    await proxy.close()
  })

  test('a store that is away, or a bucket that is not there, is no missing object', async () => {
    const away = storeAt('http://127.0.0.1:1')
    const { file } = await fileOf(10)
    const name = 's3://trainyard/lab/'
    const calls = [
      ...[() => away.open('x'), () => away.list(''), () => away.put('x', Buffer.alloc(1))],
      ...[() => away.putFile('x', { file }), () => away.remove('x')],
    ]
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({ code: 'ARTIFACTS_UNAVAILABLE', message: expect.stringContaining(name) })
    const other = storeAt(s3.url, { bucket: 'another' })
    await expect(other.open('x')).rejects.toMatchObject({ code: 'ARTIFACTS_UNAVAILABLE', message: expect.stringContaining('NoSuchBucket') })
  })

  test('credentials may come by a file, as secrets do', async () => {
    const file = path.join(folder, 'credentials')
    await writeFile(file, '[default]\naws_access_key_id = test\naws_secret_access_key = test\n')
    const before = { ...process.env }
    const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...env } = before
    process.env = { ...env, AWS_SHARED_CREDENTIALS_FILE: file }
    await storeAt().put('by-file', Buffer.from('x'))
    process.env = before
    expect(await store.list('by-file')).toHaveLength(1)
  })

  test('a link is readable without credentials, with type and name, where users reach the store', async () => {
    await store.put('linked', Buffer.from('hello'))
    expect(await store.link('linked', { type: 'application/json' })).toBeNull()
    const link = await storeAt(s3.url, { publicEndpoint: s3.url }).link('linked', { type: 'application/json', filename: 'x.json' })
    const answer = await fetch(link ?? '')
    expect(await answer.text()).toBe('hello')
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="x.json"')
    expect(Number(new URL(link ?? '').searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(300)
  })
})
