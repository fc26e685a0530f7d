import type { ServerResponse } from 'node:http'
import { sendJson, sendProblem, startStubService, testExperiment } from '@trainyard/testing/services/stub-service'
import { ExpectedError } from '@trainyard/contracts'
import { afterEach, expect, test } from 'vitest'
import { createClient } from './client.ts'
import { ProblemError, TimedOutError, UnreachableError } from './errors.ts'

type Answer = (response: ServerResponse) => void

let service: Awaited<ReturnType<typeof startStubService>> | undefined
afterEach(() => service?.stop())

/** A service whose n-th request gets the n-th answer, and the last one from then on. */
async function serve(...answers: Answer[]) {
  const started = await startStubService((_request, response) => (answers[started.seen.length - 1] ?? answers.at(-1))?.(response))
  service = started
  return { client: createClient({ baseUrl: started.url }), seen: started.seen }
}

const fine: Answer = (response) => sendJson(response, testExperiment)
const breakOff: Answer = (response) => void response.destroy()
const breakInBody: Answer = (response) =>
  void response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"id":', () => response.destroy())
const unavailable =
  (retryAfter = '0'): Answer =>
  (response) =>
    sendProblem(response.setHeader('retry-after', retryAfter), { status: 503, code: 'REDIS_UNAVAILABLE' })

test.each([
  ['a 503 with Retry-After', unavailable()],
  ['a connection that breaks before an answer', breakOff],
  ['a connection that breaks in the body', breakInBody],
])('%s — a GET is sent again', async (_what, answer) => {
  const { client, seen } = await serve(answer, answer, fine)
  expect(await client.experiments.get('latest')).toMatchObject({ id: testExperiment.id })
  expect(seen).toHaveLength(3)
})

test('Retry-After — is waited for, in seconds and as a date', async () => {
  const inTwoSeconds: Answer = (response) => unavailable(new Date(Date.now() + 2000).toUTCString())(response)
  const { client } = await serve(unavailable('1'), inTwoSeconds, fine)
  const before = performance.now()
  await client.experiments.get('latest')
  // a date has whole seconds: it may come up to one early
  expect(performance.now() - before).toBeGreaterThanOrEqual(1900)
})

test('three tries are all, and the last error leaves', async () => {
  const { client, seen } = await serve(unavailable())
  await expect(client.experiments.get('latest')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE', retryAfterSeconds: 0 })
  expect(seen).toHaveLength(3)
})

test('a Retry-After beyond the time that the call has left — the error leaves at once', async () => {
  const { client, seen } = await serve(unavailable('60'))
  await expect(client.experiments.get('latest')).rejects.toBeInstanceOf(ProblemError)
  expect(seen).toHaveLength(1)
})

test('a refusal, an answer without end — no second try', async () => {
  const { client, seen } = await serve((response) => sendProblem(response, { status: 404, code: 'EXPERIMENT_NOT_FOUND' }))
  await expect(client.experiments.get('latest')).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' })
  expect(seen).toHaveLength(1)
  const silent = createClient({ baseUrl: service?.url ?? '', timeoutMs: 50, fetch: hang })
  await expect(silent.experiments.get('latest')).rejects.toBeInstanceOf(TimedOutError)
})

const hang = (_url: string, { signal }: RequestInit): Promise<Response> =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))

const ID = testExperiment.id
type Client = ReturnType<typeof createClient>
const keyed = { idempotencyKey: 'k-1' }

test.each<[string, (client: Client) => Promise<unknown>]>([
  ['submit with an idempotency key', ({ experiments }) => experiments.submit({ depth: 1 }, keyed)],
  ['retry with one', ({ experiments }) => experiments.retry(ID, keyed)],
  ['fork with one', ({ experiments }) => experiments.fork(ID, {}, keyed)],
  ['replay with one', ({ experiments }) => experiments.replay(ID, keyed)],
  ['delete', ({ experiments }) => experiments.remove(ID)],
])('%s — is sent again, the same body under the same key', async (_what, call) => {
  const { client, seen } = await serve(breakOff, unavailable(), fine)
  await call(client)
  expect(seen).toHaveLength(3)
  expect(new Set(seen.map(({ body, headers }) => `${String(headers['idempotency-key'])} ${body}`)).size).toBe(1)
})

test.each<[string, (client: Client) => Promise<unknown>]>([
  ['submit without a key', ({ experiments }) => experiments.submit({ depth: 1 })],
  ['retry without one', ({ experiments }) => experiments.retry(ID)],
  // the second would be refused: the state is another one by then
  ['cancel', ({ experiments }) => experiments.cancel(ID)],
  ['pause', ({ experiments }) => experiments.pause(ID)],
  ['resume', ({ experiments }) => experiments.resume(ID)],
  // the second would mean another experiment
  ['delete of the latest', ({ experiments }) => experiments.remove('latest')],
  ['patch', ({ experiments }) => experiments.patch(ID, { priority: 1 })],
  ['a new key', ({ keys }) => keys.create({ name: 'a' })],
  ['a new sweep', ({ sweeps }) => sweeps.create({ space: { depth: { values: [1, 2] } } })],
])('%s — is never sent twice', async (_what, call) => {
  for (const answer of [breakOff, unavailable()]) {
    const { client, seen } = await serve(answer)
    await expect(call(client)).rejects.toBeInstanceOf(ExpectedError)
    expect(seen).toHaveLength(1)
    await service?.stop()
  }
})

test('dry runs, probes and uploads change nothing when sent again', async () => {
  const { client, seen } = await serve(breakOff)
  const calls = [
    client.experiments.dryRun({ depth: 1 }),
    client.sweeps.dryRun({ space: {} }),
    client.probes.create({}),
    client.weights.upload(new Blob(['w'])),
  ]
  const results = await Promise.allSettled(calls)
  expect(results.map((result) => result.status === 'rejected' && result.reason instanceof UnreachableError)).toEqual(calls.map(() => true))
  expect(seen).toHaveLength(3 * calls.length)
})

test('a service that has waited in vain — its answer stands', async () => {
  const { client, seen } = await serve((response) => sendProblem(response, { status: 503, code: 'SAMPLES_TIMED_OUT' }))
  await expect(client.datasets.samples('synthetic-flowers')).rejects.toMatchObject({ code: 'SAMPLES_TIMED_OUT' })
  expect(seen).toHaveLength(1)
})

test('an abort between two tries — leaves at once with its reason', async () => {
  const controller = new AbortController()
  const { client, seen } = await serve((response) => {
    response.once('close', () => controller.abort(new Error('enough')))
    unavailable('20')(response)
  })
  await expect(client.experiments.get('latest', { signal: controller.signal })).rejects.toThrow('enough')
  expect(seen).toHaveLength(1)
})

test('every call — takes a signal', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  const { client, seen } = await serve(fine)
  const { experiments, sweeps, probes, datasets, weights, workers, keys, artifacts } = client
  const calls = [
    () => experiments.submit({}, { signal }),
    () => experiments.dryRun({}, { signal }),
    () => experiments.get(ID, { signal }),
    () => experiments.list({ signal }),
    () => experiments.listAll({ signal }).next(),
    () => experiments.cancel(ID, { signal }),
    () => experiments.pause(ID, { signal }),
    () => experiments.resume(ID, { signal }),
    () => experiments.retry(ID, { signal }),
    () => experiments.fork(ID, {}, { signal }),
    () => experiments.replay(ID, { signal }),
    () => experiments.patch(ID, {}, { signal }),
    () => experiments.remove(ID, { signal }),
    () => experiments.epochs(ID, { signal }),
    () => experiments.epochsCsv(ID, { signal }),
    () => experiments.batches(ID, { signal }),
    () => experiments.layers(ID, { signal }),
    () => experiments.logs(ID, { signal }),
    () => experiments.compare([ID], { signal }),
    () => experiments.sparklines([ID], { signal }),
    () => experiments.predict(ID, new Uint8Array(), { signal }),
    () => experiments.modelFile(ID, { kind: 'best', file: 'model.json', signal }),
    () => experiments.pytorchSource(ID, { signal }),
    () => sweeps.create({ space: {} }, { signal }),
    () => sweeps.dryRun({ space: {} }, { signal }),
    () => sweeps.get(ID, { signal }),
    () => sweeps.list({ signal }),
    () => sweeps.cancel(ID, { signal }),
    () => sweeps.normLab(ID, { signal }),
    () => probes.create({}, { signal }),
    () => probes.get(ID, { signal }),
    () => datasets.list({ signal }),
    () => datasets.get('a', { signal }),
    () => datasets.samples('a', { signal }),
    () => datasets.sampleList('a', { signal }),
    () => weights.upload(new Blob(), { signal }),
    () => workers.list({ signal }),
    () => workers.get(ID, { signal }),
    () => workers.drain(ID, { signal }),
    () => keys.create({ name: 'a' }, { signal }),
    () => keys.list({ signal }),
    () => keys.revoke(ID, { signal }),
    () => keys.audit({ signal }),
    () => artifacts.collectGarbage({ signal }),
    () => client.ready({ signal }),
  ]
  for (const call of calls) await expect(call(), String(call)).rejects.toBe(signal.reason)
  expect(seen).toEqual([])
})
