import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { poll } from '@trainyard/testing/inputs/poll'
import { type RedisProcess, startRedis } from '@trainyard/testing/redis/redis-process'
import { freePort } from '@trainyard/testing/services/free-port'

const SERVER = path.join(import.meta.dirname, 'server.ts')

let redis: RedisProcess
let data: string
const running: ChildProcess[] = []
beforeAll(async () => {
  redis = await startRedis()
  data = await mkdtemp(path.join(os.tmpdir(), 'trainyard-api-'))
})
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(async () => {
  await redis.stop()
  await rm(data, { recursive: true, force: true })
})

/** The real process; `ended` resolves with its exit code and all that it wrote to stderr. */
function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [SERVER], {
    env: { PATH: process.env['PATH'], TRAINYARD_DATA: data, REDIS_URL: redis.url, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').then(([code]) => ({ code, stderr, stdout }))
  return { child, ended }
}

async function startListening(): Promise<{ child: ChildProcess; ended: ReturnType<typeof start>['ended']; url: string }> {
  const port = await freePort()
  const server = start({ TRAINYARD_PORT: `${port}` })
  const url = `http://127.0.0.1:${port}`
  await poll(async () => expect((await fetch(`${url}/readyz`)).status).not.toBe(404), { timeoutMs: 30_000 })
  return { ...server, url }
}

describe('server.ts — what it cannot start with, in one sentence', () => {
  test('no Redis — exit code 5', async () => {
    const { code, stderr } = await start({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` }).ended
    expect(stderr).toBe('Redis cannot be reached; check that it runs and that REDIS_URL is right, then try again\n')
    expect(code).toBe(5)
  })

  test.each([
    ['an address that others can reach', { TRAINYARD_HOST: '0.0.0.0' }, 'there are no API keys'],
    ['a host that is no address', { TRAINYARD_HOST: 'example.org' }, 'TRAINYARD_HOST must be an IP address'],
    ['a key that can be guessed', { TRAINYARD_ADMIN_KEY: 'admin' }, 'TRAINYARD_ADMIN_KEY must be 32 to 200 characters'],
    [
      'a secret that is not there',
      { TRAINYARD_ADMIN_KEY_FILE: '/no/key' },
      'TRAINYARD_ADMIN_KEY_FILE names /no/key, which cannot be read (ENOENT)',
    ],
    [
      'a guessable key in a file',
      { TRAINYARD_ADMIN_KEY_FILE: '/proc/sys/kernel/ostype' },
      'TRAINYARD_ADMIN_KEY_FILE must be 32 to 200 characters',
    ],
    ['an origin with a path', { TRAINYARD_CORS_ORIGINS: 'https://lab.example/page' }, 'TRAINYARD_CORS_ORIGINS must be addresses of sites'],
    ['a port that is none', { TRAINYARD_PORT: '70000' }, 'TRAINYARD_PORT'],
    ['a Redis address that is none', { REDIS_URL: 'localhost:6379' }, 'REDIS_URL must be a redis:// or rediss:// address'],
    ['two faults', { TRAINYARD_PORT: 'x', LOG_LEVEL: 'loud' }, '; LOG_LEVEL'],
  ])('%s — exit code 78', async (_name, env, words) => {
    const { code, stderr } = await start(env).ended
    expect(stderr).toContain(words)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(code).toBe(78)
  })

  test('a port in use — exit code 78', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = address && typeof address === 'object' ? address.port : 0
    const { code, stderr } = await start({ TRAINYARD_PORT: `${port}` }).ended
    other.close()
    expect(stderr).toContain(`Cannot listen on 127.0.0.1:${port}`)
    expect(code).toBe(78)
  })
})

describe('server.ts — its end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s with a stream open — the stream ends, the process too, with 0', async (signal) => {
    const { child, ended, url } = await startListening()
    const body = JSON.stringify({ pool: 'no-workers' })
    const created = await fetch(`${url}/api/v1/experiments`, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    expect(created.status).toBe(201)
    const stream = await fetch(`${url}${created.headers.get('location')}/events`)
    expect(stream.status).toBe(200)
    child.kill(signal)
    expect(await stream.text()).toContain('event: state')
    const { code, stdout, stderr } = await ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('"experimentId"')
  })
})
