import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Experiment } from '@trainyard/contracts'
import type { AttemptWriter } from '@trainyard/jobs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { epochResult } from '@trainyard/testing/experiments/new-experiment'
import { claimNext, startTestApi, type TestApi } from '../test-service.ts'

const URL = '/api/v1/experiments'
let api: TestApi
let runs = 0
beforeAll(async () => void (api = await startTestApi()))
afterAll(() => api.stop())

const post = (url: string, body: object = {}, headers: Record<string, string> = {}) =>
  api.app.inject({ method: 'POST', url, payload: body, headers })
const get = async (id: string): Promise<Experiment> => (await api.app.inject(`${URL}/${id}`)).json()

/** A running experiment with three epochs and checkpoints of the last two. */
async function running(body: object = {}): Promise<{ id: string; attempt: AttemptWriter; end: () => Promise<void> }> {
  const pool = `parents-${runs++}` // of its own: its children would be claimed in its place
  await post(URL, { dataset: 'synthetic-flowers', imageSize: 8, epochs: 9, pool, name: 'first', lr: 0.5, ...body })
  const { id, attempt, leave } = await claimNext(api, pool)
  for (const epoch of [1, 2, 3]) {
    await attempt.epoch(epochResult(epoch, { weightsHash: `000000000000000${epoch}` }), ['0000000000000000'])
    await attempt.checkpoint(await checkpointFile(id, epoch))
  }
  return { id, attempt, end: leave }
}

async function checkpointFile(id: string, epoch: number) {
  const [file, text] = [`${epoch}.checkpoint`, `of epoch ${epoch}`]
  const place = api.artifacts.checkpoints.pathOf(id, file)
  await mkdir(path.dirname(place), { recursive: true })
  await writeFile(place, text)
  return { file, epoch, sha256: createHash('sha256').update(text).digest('hex'), bytes: text.length }
}

describe('fork', () => {
  test('from the newest kept epoch of a running one — 201, the changes in its config, the file taken over', async () => {
    const { id, end } = await running()
    const reply = await post(`${URL}/${id}/fork`, { changes: { lr: 0.25, name: 'second' } })
    expect(reply.statusCode).toBe(201)
    const fork: Experiment = reply.json()
    expect(reply.headers.location).toBe(`${URL}/${fork.id}`)
    expect(fork).toMatchObject({
      state: 'queued',
      reason: 'forked',
      name: 'second',
      parent: { id, epoch: 3 },
      config: { lr: 0.25, epochs: 9 },
    })
    expect(fork.configHash).not.toBe((await get(id)).configHash)
    const { start } = await api.store.recordedFiles(fork.id)
    const folder = api.artifacts.initialCheckpoints.folderOf(start?.token ?? '')
    expect(await readFile(path.join(folder, '3.checkpoint'), 'utf8')).toBe('of epoch 3')
    expect(start).toMatchObject({ kind: 'checkpoint', keepMomentum: true, configHash: (await get(id)).configHash })
    await end()
  })

  test('from a given fork point, with a fresh optimizer; from an epoch that is not a fork point — 409 that lists the fork points', async () => {
    const { id, end } = await running()
    const fork: Experiment = (await post(`${URL}/${id}/fork`, { epoch: 2, resetOptimizer: true })).json()
    expect(fork.parent).toEqual({ id, epoch: 2 })
    expect((await api.store.recordedFiles(fork.id)).start).toMatchObject({ keepMomentum: false })
    expect((await post(`${URL}/${id}/fork`, { epoch: 1 })).json()).toMatchObject({
      status: 409,
      code: 'NOT_RETAINED',
      detail: expect.stringContaining('is not retained; 3 and 2 are'),
    })
    await end()
  })

  test('from a kept model — its momentum begins at zero, and a warning says so; false is refused', async () => {
    const { id, attempt, end } = await running()
    const model = path.join(api.artifacts.models.pathOf(id, 'm'), 'weights.bin')
    await mkdir(path.dirname(model), { recursive: true })
    await writeFile(model, 'weights')
    await attempt.model({ kind: 'best', epoch: 2, bytes: 7, folder: 'm' })
    await attempt.complete()
    const fork: Experiment = (await post(`${URL}/${id}/fork`)).json()
    expect(fork).toMatchObject({ parent: { epoch: 2 }, warnings: [expect.stringContaining('momentum'), expect.anything()] })
    expect((await post(`${URL}/${id}/fork`, { resetOptimizer: true })).json().warnings).toHaveLength(1)
    expect((await post(`${URL}/${id}/fork`, { resetOptimizer: false })).json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/resetOptimizer', detail: expect.stringContaining('without its momentum') }],
    })
    await end()
  })

  test('fields that change shapes are refused by name; so are epochs that leave nothing to train', async () => {
    const { id, end } = await running()
    const shapes = await post(`${URL}/${id}/fork`, { changes: { depth: 4, norm: 'batch', lr: 20 } })
    expect(shapes.json()).toMatchObject({ status: 400, code: 'INVALID_INPUT' })
    expect(
      shapes
        .json()
        .errors.map(({ pointer }: { pointer: string }) => pointer)
        .toSorted(),
    ).toEqual([...['/changes/depth', '/changes/lr', '/changes/norm']])
    expect((await post(`${URL}/${id}/fork`, { changes: { epochs: 3 } })).json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/changes/epochs', detail: expect.stringContaining('after epoch 3') }],
    })
    expect((await post(`${URL}/${id}/fork`, { changes: { firstLayer: 'dual' } })).json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/changes/firstLayer' }],
    })
    await end()
  })

  test('of one with nothing kept, and of a file that is being replaced — 409, and nothing is left', async () => {
    const before = await readdir(path.join(api.artifacts.initialCheckpoints.folderOf(''), '.')).catch(() => [])
    const { id: fresh }: Experiment = (await post(URL, { dataset: 'synthetic-flowers' })).json()
    expect((await post(`${URL}/${fresh}/fork`)).json()).toMatchObject({ status: 409, code: 'NOT_RETAINED' })
    const { id, end } = await running()
    await api.artifacts.checkpoints.removeAllBut(id, [])
    expect((await post(`${URL}/${id}/fork`)).json()).toMatchObject({ status: 409, code: 'NOT_RETAINED' })
    expect(await readdir(path.join(api.artifacts.initialCheckpoints.folderOf(''), '.')).catch(() => [])).toEqual(before)
    await end()
  })

  test('the same idempotency key — the same fork, and its file taken over once; another body — refused', async () => {
    const { id, end } = await running()
    const headers = { 'idempotency-key': 'fork-once' }
    const first = await post(`${URL}/${id}/fork`, { epoch: 3 }, headers)
    const starts = (await api.artifacts.items()).starts.length
    const again = await post(`${URL}/${id}/fork`, { epoch: 3 }, headers)
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(again.json().id).toBe(first.json().id)
    expect((await api.artifacts.items()).starts.map((item) => item.id)).toHaveLength(starts)
    expect((await post(`${URL}/${id}/fork`, { epoch: 2 }, headers)).json()).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    expect((await api.artifacts.items()).starts.map((item) => item.id)).toHaveLength(starts)
    await end()
  })
})

describe('retry and replay', () => {
  test('of one that has ended — the same config from its beginning; before that — 409', async () => {
    const { id, attempt, end } = await running({ tags: ['a'] })
    expect((await post(`${URL}/${id}/retry`)).json()).toMatchObject({ status: 409, code: 'WRONG_STATE' })
    await attempt.fail({ class: 'user', code: 'LOSS_DIVERGED', message: 'NaN', advice: 'Lower lr' })
    const { config, configHash, tags } = await get(id)
    const reply = await post(`${URL}/${id}/retry`)
    expect(reply.statusCode).toBe(201)
    expect(reply.json()).toMatchObject({ parent: { id, epoch: 0 }, state: 'queued', config, configHash, tags, attempts: [], replay: null })
    await end()
  })

  test('a replay runs as far as its original came, and keeps no model', async () => {
    const { id, attempt, end } = await running()
    await api.store.cancel(id)
    await attempt.canceled()
    const replay: Experiment = (await post(`${URL}/${id}/replay`)).json()
    expect(replay).toMatchObject({ config: { epochs: 3, keepModel: 'none' }, replay: { of: id, comparedEpochs: 0, difference: null } })
    const { id: fresh }: Experiment = (await post(URL, { dataset: 'synthetic-flowers' })).json()
    await api.store.cancel(fresh)
    expect((await post(`${URL}/${fresh}/replay`)).json()).toMatchObject({ status: 409, code: 'NOT_RETAINED' })
    await end()
  })

  test('of a fork, whose beginning is gone when it has ended — 409 that names its parent', async () => {
    const { id, end } = await running()
    const { id: fork }: Experiment = (await post(`${URL}/${id}/fork`)).json()
    await api.store.cancel(fork)
    for (const again of ['retry', 'replay'])
      expect((await post(`${URL}/${fork}/${again}`)).json()).toMatchObject({ code: 'NOT_RETAINED', detail: expect.stringContaining(id) })
    await end()
  })
})
