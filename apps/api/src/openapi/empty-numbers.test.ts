import { afterAll, beforeAll, expect, test } from 'vitest'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  await api.store.create(newExperiment({ pool: 'no-workers' }))
})
afterAll(() => api.stop())

test.each([
  ['/api/v1/experiments/latest/epochs?after=', 'after'],
  ['/api/v1/experiments/latest/batches?epoch=', 'epoch'],
  ['/api/v1/experiments?pageSize=', 'pageSize'],
  ['/api/v1/datasets/flowers102/samples?seed=', 'seed'],
])('%s — 400: an empty text is no number', async (url, pointer) => {
  const reply = await api.app.inject(url)
  expect(reply.json()).toMatchObject({ status: 400, code: 'INVALID_INPUT', errors: [{ pointer }] })
})

test('a number, or none, is as before', async () => {
  for (const query of ['', '?after=0', '?after=3'])
    expect((await api.app.inject(`/api/v1/experiments/latest/epochs${query}`)).json()).toEqual({ items: [] })
})
