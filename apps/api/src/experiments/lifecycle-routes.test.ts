import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CONFIG_VERSION, type Experiment, type GarbageReport, type WorkerInfo } from '@trainyard/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { epochResult } from '@trainyard/testing/experiments/new-experiment'
import { claimNext, startTestApi, type TestApi, testWorker } from '../test-service.ts'

const URL = '/api/v1/experiments'
let api: TestApi
beforeAll(async () => void (api = await startTestApi()))
afterAll(() => api.stop())

const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) =>
  api.app.inject({ method, url, ...(body && { payload: body }) })
const post = (url: string, body?: object) => call('POST', url, body)
const submit = async (body: object): Promise<Experiment> =>
  (await post(URL, { dataset: 'synthetic-flowers', imageSize: 8, epochs: 3, ...body })).json()

describe('pause and resume', () => {
  test('a queued one — 202 and paused, then queued again; from another state — 409 that names it', async () => {
    const { id } = await submit({})
    const paused = await post(`${URL}/${id}/pause`)
    expect(paused.statusCode).toBe(202)
    expect(paused.json()).toMatchObject({ state: 'paused', reason: 'paused_by_user' })
    expect((await post(`${URL}/${id}/pause`)).json()).toMatchObject({
      status: 409,
      code: 'WRONG_STATE',
      detail: expect.stringContaining('is paused'),
    })
    expect((await post(`${URL}/${id}/resume`)).json()).toMatchObject({ state: 'queued', reason: 'resumed' })
    await post(`${URL}/${id}/cancel`)
  })

  test('of a finish and a pause at once either comes first, and it ends', async () => {
    for (let i = 0; i < 10; i++) {
      const { id } = await submit({ pool: 'race' })
      const { attempt, leave } = await claimNext(api, 'race')
      const [reply] = await Promise.all([post(`${URL}/${id}/pause`), attempt.complete()])
      expect([202, 409]).toContain(reply.statusCode)
      expect((await call('GET', `${URL}/${id}`)).json()).toMatchObject({ state: 'completed' })
      await leave()
    }
  })

  test('of two concurrent cancels one is the first', async () => {
    const { id } = await submit({})
    const replies = await Promise.all([post(`${URL}/${id}/cancel`), post(`${URL}/${id}/cancel`)])
    expect(replies.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([202, 409])
  })
})

describe('PATCH and DELETE', () => {
  test('what is given changes; what is no field is refused by name', async () => {
    const { id } = await submit({ name: 'before', tags: ['a'] })
    expect((await call('PATCH', `${URL}/${id}`, { name: null, priority: 3 })).json()).toMatchObject({
      name: null,
      tags: ['a'],
      priority: 3,
    })
    const refused = await call('PATCH', `${URL}/${id}`, { epochs: 5, priority: 11 })
    expect(refused.json()).toMatchObject({ status: 400, code: 'INVALID_INPUT' })
    expect(
      refused
        .json()
        .errors.map(({ pointer }: { pointer: string }) => pointer)
        .toSorted(),
    ).toEqual(['/epochs', '/priority'])
    await post(`${URL}/${id}/cancel`)
  })

  test('one that has ended is gone with its files; one that has not — 409', async () => {
    const { id } = await submit({ pool: 'delete' })
    expect((await call('DELETE', `${URL}/${id}`)).json()).toMatchObject({ status: 409, code: 'WRONG_STATE' })
    const { attempt, leave } = await claimNext(api, 'delete')
    const { checkpoints, models } = api.artifacts
    await attempt.model({ kind: 'best', epoch: 1, bytes: 1, folder: 'm' })
    await attempt.complete()
    await leave()
    for (const place of [checkpoints.pathOf(id, 'c'), path.join(models.pathOf(id, 'm'), 'model.json')]) {
      await mkdir(path.dirname(place), { recursive: true })
      await writeFile(place, 'x')
    }
    const reply = await call('DELETE', `${URL}/${id}`)
    expect([reply.statusCode, reply.body]).toEqual([204, ''])
    expect((await call('GET', `${URL}/${id}`)).statusCode).toBe(404)
    expect((await call('DELETE', `${URL}/${id}`)).statusCode).toBe(404)
    expect((await api.artifacts.items()).experiments.map((item) => item.id)).not.toContain(id)
  })
})

describe('operating', () => {
  test('gc — a dry run and what it then does', async () => {
    const { id } = await submit({})
    await post(`${URL}/${id}/cancel`)
    const file = api.artifacts.checkpoints.pathOf(id, 'torn.part')
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, '12345')
    const said: GarbageReport = (await post('/api/v1/artifacts/gc', { dryRun: true })).json()
    expect(said).toMatchObject({ dryRun: true, removed: { unused: { files: 1, bytes: 5 } }, fits: true })
    expect(await readdir(path.dirname(file))).toEqual(['torn.part'])
    expect((await post('/api/v1/artifacts/gc', {})).json()).toEqual({ ...said, dryRun: false })
    expect((await api.artifacts.items()).experiments.map((item) => item.id)).not.toContain(id)
    expect((await post('/api/v1/artifacts/gc', { maxBytes: 0 })).statusCode).toBe(400)
  })

  test('drain — 202 for a live worker, which receives it; 404 for none', async () => {
    await api.workers.heartbeat(testWorker())
    const reply = await post('/api/v1/workers/worker-1/drain')
    expect(reply.statusCode).toBe(202)
    expect(reply.json<WorkerInfo>().id).toBe('worker-1')
    expect(await api.workers.heartbeat(testWorker())).toEqual({ drain: true })
    expect((await post('/api/v1/workers/none/drain')).json()).toMatchObject({ status: 404, code: 'WORKER_NOT_FOUND' })
    await api.workers.remove('worker-1')
  })

  test.each([
    ['that refuses', { unhealthyReason: 'It crashed' }, 'No live worker serves pool default'],
    ['of an older version', { configVersion: CONFIG_VERSION - 1 }, 'Only workers of an older version serve pool default'],
  ])('a worker %s counts as none: the submit warns', async (_which, fields, warning) => {
    await api.workers.heartbeat(testWorker(fields))
    const { warnings, id } = await submit({})
    expect(warnings).toEqual([expect.stringContaining(warning)])
    await api.workers.remove('worker-1')
    await post(`${URL}/${id}/cancel`)
  })
})

test('epochs show the hash of the weights, as JSON and as CSV', async () => {
  const { id } = await submit({ pool: 'hash' })
  const { attempt, leave } = await claimNext(api, 'hash')
  await attempt.epoch(epochResult(1, { weightsHash: '0123456789abcdef' }), ['0123456789abcdef'])
  expect((await call('GET', `${URL}/${id}/epochs`)).json()).toMatchObject({ items: [{ weightsHash: '0123456789abcdef' }] })
  expect((await call('GET', `${URL}/${id}/epochs?format=csv`)).body).toMatch(/weightsHash,.*\n.*0123456789abcdef/)
  await leave()
})
