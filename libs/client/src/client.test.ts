import type { ServerResponse } from 'node:http'
import { ERRORS } from '@trainyard/contracts'
import { afterEach, expect, test } from 'vitest'
import { createClient } from './client.ts'
import { ProblemError, TimedOutError, UnexpectedAnswerError, UnreachableError } from './errors.ts'
import { sendJson, sendProblem, startStubService, testExperiment } from '@trainyard/testing/services/stub-service'

let service: Awaited<ReturnType<typeof startStubService>> | undefined
afterEach(() => service?.stop())

async function clientOf(answer: Parameters<typeof startStubService>[0]) {
  service = await startStubService(answer)
  return { client: createClient({ baseUrl: service.url }), seen: service.seen }
}

test('submit() — posts only what was given, with the key, and reads the experiment', async () => {
  const { client, seen } = await clientOf((_request, response) => sendJson(response, testExperiment, 201))
  const experiment = await client.experiments.submit({ depth: 3, lr: 1e-4 }, { idempotencyKey: 'k-1' })
  expect(experiment.id).toBe(testExperiment.id)
  expect(seen).toMatchObject([{ method: 'POST', url: '/api/v1/experiments', body: '{"depth":3,"lr":0.0001}' }])
  expect(seen[0]?.headers).toMatchObject({ 'idempotency-key': 'k-1', 'content-type': 'application/json' })
})

test('every question — has its route, and says nothing of options that were not given', async () => {
  const { client, seen } = await clientOf((_request, response) => sendJson(response, { items: [], nextPageToken: null }))
  await client.experiments.list()
  await client.experiments.list({ state: 'running', tag: 'a&b', pageSize: 5, pageToken: 't' })
  await client.experiments.epochs('latest')
  await client.experiments.epochs('latest', { after: 3 })
  await client.experiments.batches('0189', { epoch: 2 })
  await client.experiments.logs('../workers')
  await client.experiments.modelFile('0189', { kind: 'best', file: 'model.json' })
  await client.experiments.modelFile('0189', { kind: 'best', file: 'weights.bin', weights: 'uint8', redirect: false })
  await client.datasets.list()
  await client.workers.list()
  expect(seen.map(({ url }) => url.replace('/api/v1', ''))).toEqual([
    '/experiments',
    '/experiments?state=running&tag=a%26b&pageSize=5&pageToken=t',
    '/experiments/latest/epochs',
    '/experiments/latest/epochs?after=3',
    '/experiments/0189/batches?epoch=2',
    '/experiments/..%2Fworkers/logs',
    '/experiments/0189/models/best/model.json',
    '/experiments/0189/models/best/weights.bin?weights=uint8&redirect=false',
    '/datasets',
    '/workers',
  ])
})

test('cancel() — posts to the experiment', async () => {
  const { client, seen } = await clientOf((_request, response) => sendJson(response, testExperiment, 202))
  await client.experiments.cancel('latest')
  expect(seen).toMatchObject([{ method: 'POST', url: '/api/v1/experiments/latest/cancel', body: '' }])
})

test('weights.upload() — the file’s bytes as they are', async () => {
  const network = { imageSize: 8, layerSizes: [], norm: 'none', normPosition: null, normAffine: null, bias: true }
  const weights = { id: 'a'.repeat(64), bytes: 4, tensors: [], network }
  const { client, seen } = await clientOf((_request, response) => sendJson(response, weights, 201))
  expect(await client.weights.upload(new Blob(['w', 'ghts']))).toEqual(weights)
  expect(seen).toMatchObject([{ method: 'POST', url: '/api/v1/weights', body: 'wghts', headers: { 'content-length': '5' } }])
  expect(seen[0]?.headers['content-type']).toBe('application/octet-stream')
})

test('ready() — reads the answer of a service that is not ready', async () => {
  const readiness = { ready: false, checks: [{ name: 'redis', ok: false, detail: 'is away' }], warnings: [] }
  const { client } = await clientOf((_request, response) => sendJson(response, readiness, 503))
  expect(await client.ready()).toEqual(readiness)
})

test('a problem — throws with its code and all that it said', async () => {
  const errors = [{ pointer: '/depth', detail: 'is too large' }]
  const { client } = await clientOf((_request, response) => sendProblem(response, { status: 400, code: 'INVALID_INPUT', errors }))
  const error = await client.experiments.submit({ depth: 99 }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ProblemError)
  expect(error).toMatchObject({ code: 'INVALID_INPUT', message: 'A sentence', problem: { status: 400, errors } })
})

test('a problem whose code we do not know — is INTERNAL', async () => {
  const { client } = await clientOf((_request, response) => sendProblem(response, { status: 418, code: 'TEAPOT' }))
  await expect(client.experiments.get('latest')).rejects.toMatchObject({ code: 'INTERNAL', problem: { code: 'TEAPOT' } })
})

test('nothing at the address — names it and says what to do', async () => {
  const { client } = await clientOf(() => {})
  await service?.stop()
  const error = await client.experiments.list().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UnreachableError)
  expect(error).toMatchObject({ code: 'API_UNREACHABLE', message: expect.stringContaining(`at ${service?.url}; start it with npm start`) })
  expect(ERRORS.API_UNREACHABLE.exitCode).toBe(5)
})

test.each([
  ['no answer at all', () => {}],
  [
    'an answer that stalls',
    (response: ServerResponse) => response.writeHead(200, { 'content-type': 'application/json' }).write('{"items":'),
  ],
  [
    'a refusal that stalls',
    (response: ServerResponse) => response.writeHead(404, { 'content-type': 'application/json' }).write('{"code":'),
  ],
])('%s — is out of time, and says of how much', async (_what, answer) => {
  service = await startStubService((_request, response) => void answer(response))
  const client = createClient({ baseUrl: service.url, timeoutMs: 50 })
  const error = await client.experiments.list().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(TimedOutError)
  expect(error).toBeInstanceOf(UnreachableError)
  expect(error).toMatchObject({
    code: 'API_UNREACHABLE',
    message: expect.stringContaining(`${service.url} has not answered within 0.05 s`),
  })
})

test("a caller's own abort — leaves as the reason that was given", async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const { client } = await clientOf(() => controller.abort(reason))
  await expect(client.probes.get('1', { signal: controller.signal })).rejects.toBe(reason)
})

test('dryRun() — can be canceled while the user types on', async () => {
  const controller = new AbortController()
  const reason = new Error('typed on')
  const { client, seen } = await clientOf(() => controller.abort(reason))
  await expect(client.experiments.dryRun({ depth: 3 }, { signal: controller.signal })).rejects.toBe(reason)
  expect(seen).toMatchObject([{ method: 'POST', url: '/api/v1/experiments?dryRun=true' }])
})

test.each([
  ['another service', 200, { hello: 'world' }],
  ['a proxy', 502, 'Bad gateway'],
])('an answer from %s — is not taken for the service’s', async (_who, status, body) => {
  const { client } = await clientOf((_request, response) => sendJson(response, body, status))
  const error = await client.experiments.get('latest').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UnexpectedAnswerError)
  expect(error).toMatchObject({ code: 'API_UNREACHABLE', status })
})
