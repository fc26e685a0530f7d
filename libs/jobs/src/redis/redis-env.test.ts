import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectRedis } from './connect-redis.ts'
import { RedisEnv, redisUrlOf } from './redis-env.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'redis-env-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

test('redisUrlOf() — a password from a file reaches the client as it is, whatever is in it', async () => {
  const file = path.join(folder, 'password')
  await writeFile(file, 'p@ss/word:%41 #é\n')
  const url = redisUrlOf(RedisEnv.parse({ REDIS_URL: 'redis://redis:6379', REDIS_PASSWORD_FILE: file }))
  const redis = connectRedis(url, { name: 'test', whenDown: 'wait' })
  redis.disconnect()
  expect(redis.options).toMatchObject({ host: 'redis', port: 6379, password: 'p@ss/word:%41 #é' })
})

test('redisUrlOf() — without a file, the address as it is', () => {
  expect(redisUrlOf(RedisEnv.parse({}))).toBe('redis://127.0.0.1:6379')
  expect(redisUrlOf(RedisEnv.parse({ REDIS_URL: 'rediss://:x@host/1' }))).toBe('rediss://:x@host/1')
})

test('RedisEnv — says which file is not there, or empty', async () => {
  const empty = path.join(folder, 'empty')
  await writeFile(empty, '\n')
  expect(RedisEnv.safeParse({ REDIS_PASSWORD_FILE: empty }).error?.issues[0]?.message).toBe(`names ${empty}, which is empty`)
  expect(RedisEnv.safeParse({ REDIS_PASSWORD_FILE: '/no/file' }).error?.issues[0]?.message).toContain('cannot be read (ENOENT)')
})
