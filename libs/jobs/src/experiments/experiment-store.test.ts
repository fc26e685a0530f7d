import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Redis } from 'ioredis'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownRedis } from '@trainyard/testing/redis/own-redis'
import { createExperimentStore, type ExperimentStore } from './experiment-store.ts'

const own = ownRedis()
let redis: Redis
let store: ExperimentStore
let runs = 0

beforeAll(() => void (redis = own.redis))
beforeEach(() => {
  store = createExperimentStore({ redis, prefix: `{store-${runs++}}` })
})

async function createMany(count: number, request: Parameters<typeof newExperiment>[0] = {}): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) ids.push((await store.create(newExperiment(request))).experiment.id)
  return ids
}

describe('create()', () => {
  test('answers the whole experiment as it is stored', async () => {
    const input = newExperiment({ name: 'first', tags: ['a', 'b'], notes: 'line\nline', priority: 3, lr: 1e-17 })
    const { experiment, replayed } = await store.create(input)
    expect(replayed).toBe(false)
    expect(experiment).toMatchObject({
      ...input,
      state: 'queued',
      reason: 'submitted',
      attempts: [],
      latest: null,
      best: null,
      error: null,
    })
    expect(experiment.progress).toMatchObject({ phase: 'waiting', epoch: 0, epochs: 3, stepsPerEpoch: 16, fraction: 0 })
    expect(experiment.transitions).toEqual([{ state: 'queued', reason: 'submitted', at: experiment.createdAt }])
    expect(await store.get(experiment.id)).toEqual(experiment)
  })

  test('a hundred at once with one key make one experiment', async () => {
    const repeat = () => store.create(newExperiment(), { key: 'key', bodyHash: 'body' })
    const answers = await Promise.all(Array.from({ length: 100 }, repeat))
    expect(new Set(answers.map(({ experiment }) => experiment.id)).size).toBe(1)
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect((await store.list({ pageSize: 100 })).items).toHaveLength(1)
  })

  test('a key with another body is refused, and other keys make other experiments', async () => {
    await store.create(newExperiment(), { key: 'key', bodyHash: 'body' })
    await expect(store.create(newExperiment(), { key: 'key', bodyHash: 'other' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    expect((await store.create(newExperiment(), { key: 'second', bodyHash: 'other' })).replayed).toBe(false)
  })

  test('a replay answers the experiment as it is now', async () => {
    const { experiment } = await store.create(newExperiment(), { key: 'key', bodyHash: 'body' })
    await store.cancel(experiment.id)
    const again = await store.create(newExperiment(), { key: 'key', bodyHash: 'body' })
    expect(again).toMatchObject({ replayed: true, experiment: { id: experiment.id, state: 'canceled' } })
  })

  test('ids sort by creation', async () => {
    const ids = await createMany(50)
    expect(ids.toSorted()).toEqual(ids)
  })
})

describe('find()', () => {
  test('takes a full id, a prefix that fits one, and latest', async () => {
    const [first = '', second = ''] = await createMany(2)
    const common = Array.from(first).findIndex((letter, i) => letter !== second[i])
    expect((await store.find(first)).id).toBe(first)
    expect((await store.find(first.slice(0, common + 1))).id).toBe(first)
    expect((await store.find('latest')).id).toBe(second)
    await expect(store.find(first.slice(0, common))).rejects.toMatchObject({ code: 'AMBIGUOUS_ID' })
  })

  test.each(['latest', 'abc', '0000000000000000', 'zzzz', '../..', 'ABCD', ''])('%j — is not found in an empty store', async (id) => {
    await expect(store.find(id)).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' })
  })

  test.each(['epochs', 'batches', 'logs', 'cancel', 'get'] as const)('%s() — knows no unknown experiment', async (method) => {
    await expect(store[method]('0000000000000000')).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' })
  })
})

describe('list()', () => {
  async function allPages(query: Omit<Parameters<ExperimentStore['list']>[0], 'pageToken'>): Promise<string[][]> {
    const pages: string[][] = []
    let pageToken: string | null | undefined
    do {
      const page = await store.list({ ...query, pageToken: pageToken ?? undefined })
      pages.push(page.items.map(({ id }) => id))
      pageToken = page.nextPageToken
    } while (pageToken !== null)
    return pages
  }

  test('pages through all, newest first, each once', async () => {
    const ids = await createMany(7)
    const pages = await allPages({ pageSize: 3 })
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1])
    expect(pages.flat()).toEqual(ids.toReversed())
    expect(await allPages({ pageSize: 7 })).toHaveLength(1)
  })

  test('filters by state, by tag, and by both', async () => {
    const [a1 = '', a2 = ''] = await createMany(2, { tags: ['a'] })
    const [b1 = ''] = await createMany(1, { tags: ['b', 'a:b'] })
    await store.cancel(a1)
    expect((await allPages({ pageSize: 1, state: 'queued' })).flat()).toEqual([b1, a2])
    expect((await allPages({ pageSize: 1, tag: 'a' })).flat()).toEqual([a2, a1])
    expect((await allPages({ pageSize: 1, tag: 'a', state: 'queued' })).flat()).toEqual([a2])
    expect((await allPages({ pageSize: 9, tag: 'none' })).flat()).toEqual([])
  })

  test('new experiments do not shift the pages that follow', async () => {
    const ids = await createMany(4)
    const first = await store.list({ pageSize: 2 })
    await createMany(2)
    const second = await store.list({ pageSize: 2, pageToken: first.nextPageToken ?? undefined })
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids.toReversed())
  })

  test.each(['x', 'MTIz', ''])('%j — is no page token', async (pageToken) => {
    await expect(store.list({ pageSize: 1, pageToken })).rejects.toMatchObject({ code: 'PAGE_TOKEN_UNKNOWN' })
  })
})
