import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { identityOf, isAlive, type ProcessIdentity } from '../../tools/process/process-identity.mjs'
import { readRunRecord } from '../../tools/start/run-record.mjs'
import { freePort } from '@trainyard/testing/services/free-port'
import { poll } from '@trainyard/testing/inputs/poll'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'

const ENDED_TIMEOUT_MS = 30_000
const script = path.join(import.meta.dirname, '../../tools/start/main.mjs')

let service: Service
beforeAll(async () => {
  service = await startService()
}, 200_000)
afterAll(() => stopAndRemove(service))

test('npm start — a second one with the same data: one sentence that names the first one', async () => {
  const { code, stderr } = await start(['--port', '1', '--data', service.data])
  expect(code).toBe(1)
  expect(stderr).toBe(
    `Trainyard runs already with the data in ${service.data} at ${service.url} (pid ${startPid(service.data)}): ` +
      'use that one, or stop it first, or give --data another folder\n',
  )
})

test('npm start — a port in use: one sentence that names --port', async () => {
  const { port, close } = await occupyPort()
  const { code, stderr } = await start(['--port', `${port}`, '--data', path.join(service.data, 'another')])
  close()
  expect(code).toBe(1)
  expect(stderr).toMatch(new RegExp(`^Port ${port} is in use by another program: .* npm start -- --port \\d+\n$`))
})

test('npm start — a GPU that is not there: the worker’s sentence, and nothing keeps running', async () => {
  const data = await mkdtemp(path.join(os.tmpdir(), 'trainyard-gpus-'))
  onTestFinished(() => rm(data, { recursive: true, force: true }))
  const { code, stderr } = await start(['--port', `${await freePort()}`, '--data', data, '--no-example', '--engine', 'cpu', '--gpus', '0'])
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('The worker could not be started: TRAINYARD_GPUS (--gpus) and TRAINYARD_ENGINE=cpu'),
  ])
  expect(readRunRecord(data)).toBe(null)
})

test('npm start — the password of its Redis is readable for its owner alone, and on no command line', async () => {
  const mode = (name: string) => statSync(path.join(service.data, name)).mode & 0o777
  expect([mode('.'), mode('redis'), mode('redis/redis.conf'), mode('redis/password')]).toEqual([0o700, 0o700, 0o600, 0o600])
  const password = readFileSync(path.join(service.data, 'redis', 'password'), 'utf8')
  const commandLines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
  expect(commandLines.some((line) => line.includes('redis.conf') || line.includes('127.0.0.1'))).toBe(true)
  expect(commandLines.filter((line) => line.includes(password))).toEqual([])
})

test('Ctrl-C — ends with 0, leaves no process behind, and keeps what there is', async () => {
  const stopped = await startService({ flags: ['--workers', '2'] })
  onTestFinished(() => stopAndRemove(stopped))
  const family = familyOf(startPid(stopped.data))
  expect(family.length).toBeGreaterThanOrEqual(5) // start, Redis, API, two workers; trainers come on top
  expect(await stopped.stop()).toBe(0)
  expect(family.filter(isAlive)).toEqual([])
  expect(readRunRecord(stopped.data)).toBe(null)
  expect(readdirSync(path.join(stopped.data, 'redis'))).toContain('appendonlydir')
})

test('npm start killed by SIGKILL — what it ran leaves too, and the next one takes over its data', async () => {
  const { data } = await startService()
  const family = familyOf(startPid(data))
  const redis = readRunRecord(data)?.redis?.identity
  process.kill(startPid(data), 'SIGKILL')
  const others = family.filter(({ pid }) => pid !== redis?.pid)
  await poll(() => expect(others.filter(isAlive)).toEqual([]), { timeoutMs: ENDED_TIMEOUT_MS })
  const second = await startService({ data })
  onTestFinished(() => stopAndRemove(second))
  expect(family.filter(isAlive)).toEqual([])
})

function start(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

function startPid(data: string): number {
  const record = readRunRecord(data)
  if (!record) throw new Error(`nothing runs with the data in ${data}`)
  return record.pid
}

/** A process and all that descend from it. */
function familyOf(pid: number): ProcessIdentity[] {
  const self = identityOf(pid)
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [...(self ? [self] : []), ...children.flatMap(familyOf)]
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // it ended meanwhile
  }
}

function occupyPort(): Promise<{ port: number; close: () => void }> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address && typeof address === 'object') resolve({ port: address.port, close: () => server.close() })
    })
  })
}
