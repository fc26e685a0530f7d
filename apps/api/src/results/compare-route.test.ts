import { afterAll, beforeAll, expect, test } from 'vitest'
import { epochResult, type newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { claimNext, startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

/** Runs one epoch per loss. */
async function ran(fields: Parameters<typeof newExperiment>[0], losses: readonly number[]): Promise<string> {
  await api.app.inject({
    method: 'POST',
    url: '/api/v1/experiments',
    payload: { dataset: 'synthetic-flowers', imageSize: 8, pool: 'compare', ...fields },
  })
  const { id, attempt, leave } = await claimNext(api, 'compare')
  for (const [i, loss] of losses.entries()) await attempt.epoch(epochResult(i + 1, { loss, evalAccuracy: loss / 8, seconds: 0.5 }))
  await attempt.complete()
  await leave()
  return id
}

test('curves aligned by epoch, what differs by field, also as CSV in long form', async () => {
  const a = await ran({ lr: 0.5, name: '=a' }, [4, 2])
  const b = await ran({ lr: 0.25, norm: 'layer' }, [3])
  const reply = await api.app.inject(`/api/v1/compare?ids=${a},${b.slice(0, 14)},latest`)
  expect(reply.json()).toMatchObject({
    experiments: [
      { id: a, name: '=a', differing: { lr: 0.5, norm: 'none', normPosition: null } },
      { id: b, differing: { lr: 0.25, norm: 'layer', normPosition: 'before' } },
    ],
    differing: expect.arrayContaining(['lr', 'norm', 'normPosition', 'normAffine']),
    items: [
      { epoch: 1, loss: [4, 3], evalAccuracy: [0.5, 0.375], trainingSeconds: [0.5, 0.5] },
      { epoch: 2, loss: [2, null], evalAccuracy: [0.25, null], trainingSeconds: [1, null] },
    ],
  })
  expect(reply.json().differing).not.toContain('epochs')
  const csv = await api.app.inject({ url: `/api/v1/compare?ids=${a},${b}`, headers: { accept: 'text/csv' } })
  expect(
    csv.body
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',').slice(1, 4).join(',')),
  ).toEqual(['name,epoch,loss', "'=a,1,4", "'=a,2,2", ',1,3'])
})

test.each([
  ['none', 'ids=,', 400, 'INVALID_INPUT'],
  ['no parameter', '', 400, 'INVALID_INPUT'],
  ['too many', `ids=${Array.from({ length: 51 }, () => 'latest').join(',')}`, 400, 'INVALID_INPUT'],
  ['unknown', 'ids=zzzzzzzz', 404, 'EXPERIMENT_NOT_FOUND'],
])('%s — refused', async (_name, query, status, code) => {
  expect((await api.app.inject(`/api/v1/compare?${query}`)).json()).toMatchObject({ status, code })
})
