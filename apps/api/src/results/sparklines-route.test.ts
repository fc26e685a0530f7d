import { afterAll, beforeAll, expect, test } from 'vitest'
import { epochResult } from '@trainyard/testing/experiments/new-experiment'
import { claimNext, startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

async function ran(losses: readonly number[]): Promise<string> {
  const payload = { dataset: 'synthetic-flowers', imageSize: 8, pool: 'sparks', epochs: 200 }
  await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload })
  const { id, attempt, leave } = await claimNext(api, 'sparks')
  for (const [i, loss] of losses.entries()) await attempt.epoch(epochResult(i + 1, { loss }))
  await leave()
  return id
}

test('a few losses as they are, many with their extremes, and one that is gone left out', async () => {
  const few = await ran([4, 3, 2])
  const many = await ran(Array.from({ length: 150 }, (_, i) => (i === 77 ? 9 : 4 - i / 100)))
  const gone = `${few.slice(0, -1)}${few.endsWith('0') ? '1' : '0'}`
  const { sparklines: items } = (await api.app.inject(`/api/v1/sparklines?ids=${few},${gone},${many},${few}`)).json()
  expect(items.map(({ id }: { id: string }) => id)).toEqual([few, many])
  expect(items[0].losses).toEqual([4, 3, 2])
  expect(items[1].losses.length).toBeLessThanOrEqual(60)
  expect(items[1].losses).toContain(9)
})

test.each([
  ['none', 'ids=,'],
  ['no parameter', ''],
  ['too many', `ids=${Array.from({ length: 201 }, (_, i) => `id${i}`).join(',')}`],
])('%s — refused', async (_name, query) => {
  expect((await api.app.inject(`/api/v1/sparklines?${query}`)).json()).toMatchObject({ status: 400, code: 'INVALID_INPUT' })
})
