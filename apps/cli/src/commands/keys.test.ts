import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { sendJson, startStubService, testExperiment } from '@trainyard/testing/services/stub-service'
import { runCli } from '../test-run.ts'

const { id } = testExperiment
let service: Awaited<ReturnType<typeof startStubService>> | undefined
afterEach(() => service?.stop())

const key = {
  ...{
    id: 'abc123',
    name: 'ann',
    owner: 'ann',
    scope: 'submit',
    maxRunning: 1,
    maxQueued: 5,
    requestsPerMinute: 600,
    beginsWith: 'ty_abcde',
  },
  createdAt: '2026-01-01T00:00:00.000Z',
  lastUsedAt: null,
  revokedAt: null,
}

test('keys create — shows the secret once, as a line to paste; TRAINYARD_API_KEY goes with every request', async () => {
  service = await startStubService((_request, response) => sendJson(response, { ...key, secret: 'ty_secret' }, 201))
  const args = ['keys', 'create', 'ann', '--max-running', '1', '--max-queued', '5']
  const { code, stdout } = await runCli(args, { url: service.url, apiKey: 'ty_mine' })
  expect(code).toBe(0)
  expect(stdout).toContain('export TRAINYARD_API_KEY=ty_secret')
  expect(service.seen[0]).toMatchObject({ method: 'POST', url: '/api/v1/keys', headers: { authorization: 'Bearer ty_mine' } })
  expect(JSON.parse(service.seen[0]?.body ?? '')).toMatchObject({ name: 'ann', scope: 'submit', maxRunning: 1, maxQueued: 5 })
})

test('keys create --from-file — a key for each name without one, as CSV on stdout; a file without names is refused', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'keys-'))
  const file = path.join(folder, 'class.csv')
  await writeFile(file, '\uFEFFName, Owner\n"Lovelace, Ada",team 1\nann,\nBen,\nBen,\n')
  service = await startStubService(({ method, body }, response) =>
    method === 'GET' ? sendJson(response, { items: [key] }) : sendJson(response, { ...key, ...JSON.parse(body), secret: 'ty_s' }, 201),
  )
  const { code, stdout, stderr } = await runCli(['keys', 'create', '--from-file', file, '--max-running', '1'], { url: service.url })
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'name,key\n"Lovelace, Ada",ty_s\n"Ben",ty_s\n' })
  expect(stderr).toContain('2 keys created, 2 skipped')
  const bodies = service.seen.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body))
  expect(bodies).toMatchObject([{ name: 'Lovelace, Ada', owner: 'team 1', maxRunning: 1 }, { name: 'Ben' }])
  await writeFile(file, 'student\nann\n')
  const refused = await runCli(['keys', 'create', '--from-file', file], { url: service.url })
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('has no name in line 2') })
  await rm(folder, { recursive: true })
})

test('keys revoke — by name, where only one live key has it', async () => {
  const revoked = { ...key, revokedAt: key.createdAt }
  service = await startStubService(({ method }, response) =>
    sendJson(response, method === 'GET' ? { items: [revoked, { ...key, id: 'def' }] } : revoked),
  )
  const { code } = await runCli(['keys', 'revoke', 'ann'], { url: service.url })
  expect({ code, seen: service.seen.at(-1) }).toMatchObject({ code: 0, seen: { method: 'DELETE', url: '/api/v1/keys/def' } })
  const unknown = await runCli(['keys', 'revoke', 'zoe'], { url: service.url })
  expect(unknown).toMatchObject({ code: 3, stderr: expect.stringContaining('trainyard keys list') })
})

test('audit — who changed what; empty, it says so', async () => {
  const entry = {
    id: '1-0',
    at: key.createdAt,
    keyId: 'abc',
    owner: 'ann',
    method: 'POST',
    route: '/api/v1/experiments/:id/cancel',
    target: id,
    status: 202,
    address: '::1',
    requestId: 'r',
  }
  let answer: object = { items: [entry], nextPageToken: 'next' }
  service = await startStubService((_request, response) => sendJson(response, answer))
  const { stdout } = await runCli(['audit'], { url: service.url })
  expect(stdout).toContain('POST /experiments/:id/cancel')
  expect(stdout).toContain('trainyard audit --page-token next')
  answer = { items: [], nextPageToken: null }
  expect((await runCli(['audit'], { url: service.url })).stdout).toBe('nothing was changed yet\n')
})
