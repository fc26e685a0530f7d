import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { epochResult } from '@trainyard/testing/experiments/new-experiment'
import { poll } from '@trainyard/testing/inputs/poll'
import { testLayers } from '@trainyard/testing/experiments/test-layers'
import { claimNext, startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

const URL = '/api/v1/sweeps'
const base = { dataset: 'synthetic-flowers', imageSize: 8, epochs: 2 }
const post = (payload: object, more: { url?: string; headers?: Record<string, string> } = {}) =>
  api.app.inject({ method: 'POST', url: URL, payload, ...more })
/** Once all its trials are experiments. */
const whole = (id: string) =>
  poll(
    async () => {
      const sweep = (await api.app.inject(`${URL}/${id}`)).json()
      expect(sweep.created).toBe(sweep.trials)
      return sweep
    },
    { timeoutMs: 20_000 },
  )

describe('sweeps', () => {
  test('none yet — an empty list, as JSON and as CSV', async () => {
    expect((await api.app.inject(URL)).json()).toEqual({ items: [], nextPageToken: null })
    expect((await api.app.inject(`${URL}?format=csv`)).body.split('\n')).toHaveLength(2)
  })

  test('a dry run says the trials and makes nothing', async () => {
    const space = { lr: { values: [0.1, 0.01] } }
    const reply = await post({ base, space, strategy: 'grid' }, { url: `${URL}?dryRun=true` })
    expect(reply.json()).toEqual({
      strategy: 'grid',
      objective: 'evalAccuracy',
      trials: 2,
      items: [
        { trial: 1, fields: { lr: 0.1 } },
        { trial: 2, fields: { lr: 0.01 } },
      ],
    })
    expect((await api.app.inject(URL)).json().items).toEqual([])
  })

  test('made, shown as a table, found in the list of experiments, canceled', async () => {
    const body = {
      name: 'rates',
      base: { ...base, evaluate: 'none' },
      space: { lr: { values: [0.1, 0.01] } },
      strategy: 'grid',
      pool: 'sweep-a',
    }
    const made = await post(body, { headers: { 'idempotency-key': 'k' } })
    expect(made.statusCode).toBe(201)
    const { id, objective } = made.json()
    expect(made.headers['location']).toBe(`${URL}/${id}`)
    expect(objective).toBe('loss')
    const again = await post(body, { headers: { 'idempotency-key': 'k' } })
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(again.json().id).toBe(id)
    const sweep = await whole(id)
    expect(sweep.items).toMatchObject([
      { trial: 1, fields: { lr: 0.1 }, state: 'queued' },
      { trial: 2, state: 'queued' },
    ])
    const csv = await api.app.inject({ url: `${URL}/latest`, headers: { accept: 'text/csv' } })
    expect(csv.body.trimEnd().split('\n')).toHaveLength(3)
    const experiment = (await api.app.inject(`/api/v1/experiments/${sweep.items[1].experimentId}`)).json()
    expect(experiment).toMatchObject({ name: 'rates #2', sweep: { id, trial: 2 }, config: { lr: 0.01 } })
    const canceled = await api.app.inject({ method: 'POST', url: `${URL}/${id.slice(0, 12)}/cancel` })
    expect(canceled.statusCode).toBe(202)
    expect(canceled.json()).toMatchObject({ state: 'canceled', items: [{ state: 'canceled' }, { state: 'canceled' }] })
  })

  test('what is wrong is named by trial and field; unknown fields and sweeps are refused', async () => {
    expect((await post({ base, space: { lr: { values: [0.1, 50] } }, strategy: 'grid' })).json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/space/lr', detail: expect.stringContaining('of trial 2') }],
    })
    expect((await post({ base, space: { learningRate: { values: [1] } } })).json()).toMatchObject({ status: 400, code: 'INVALID_INPUT' })
    expect((await post({ base: { learningRate: 1 }, space: { lr: { values: [1] } } })).json()).toMatchObject({ status: 400 })
    expect((await api.app.inject(`${URL}/nosuch`)).json()).toMatchObject({ status: 404, code: 'SWEEP_NOT_FOUND' })
  })
})

test('a norm lab — a paired table with the differences to no norm', async () => {
  const body = {
    preset: 'norm-lab',
    base,
    space: { norm: { values: ['none', 'layer'] }, normPosition: { values: ['before'] }, depth: { values: [1, 2] } },
    pool: 'lab',
  }
  const { id } = (await post(body)).json()
  const { items } = await whole(id)
  expect(items).toHaveLength(4)
  for (let i = 0; i < 4; i++) {
    const { attempt, leave, id: experiment } = await claimNext(api, 'lab')
    const { config } = await api.store.get(experiment)
    const better = config.norm === 'layer' ? config.depth : 0
    await attempt.epoch(epochResult(1, { loss: 4 - better, evalAccuracy: better / 4 }))
    await attempt.layers(testLayers(1, 3 + better))
    await attempt.complete()
    await leave()
  }
  const table = (await api.app.inject(`${URL}/${id}/norm-lab`)).json()
  expect(table.items).toMatchObject([
    { depth: 1, norm: 'none', loss: 4, outputNorm: 3, lossDifference: null },
    { depth: 1, norm: 'layer', loss: 3, outputNorm: 4, lossDifference: -1, evalAccuracyDifference: 0.25 },
    { depth: 2, norm: 'none', loss: 4 },
    { depth: 2, norm: 'layer', loss: 2, lossDifference: -2, evalAccuracyDifference: 0.5 },
  ])
  // of -1 and -2: the mean -1.5, s = √½, s/√2 = ½
  expect(table.differences).toEqual([
    {
      norm: 'layer',
      normPosition: 'before',
      loss: { mean: -1.5, standardError: expect.closeTo(0.5, 12), depths: 2 },
      evalAccuracy: { mean: 0.375, standardError: expect.closeTo(0.125, 12), depths: 2 },
    },
  ])
  const csv = await api.app.inject(`${URL}/${id}/norm-lab?format=csv`)
  expect(csv.body).toMatch(/^depth,norm,normPosition,experimentId,state,loss/)
})
