import { describe, expect, test } from 'vitest'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'
import type { ListQuery } from './experiment-list.ts'

const own = ownJobs()

/** All pages, one behind the other. */
async function listAll(query: Omit<ListQuery, 'pageSize'>, pageSize = 2): Promise<string[]> {
  const ids: string[] = []
  let pageToken: string | null | undefined
  do {
    const page = await own.jobs.store.list({ ...query, pageSize, ...(pageToken != null && { pageToken }) })
    ids.push(...page.items.map(({ id }) => id))
    pageToken = page.nextPageToken
  } while (pageToken !== null)
  return ids
}

/** Completes with this accuracy in its only epoch. */
async function finished(evalAccuracy: number | null, loss = 1): Promise<string> {
  const { create, begin } = own.jobs
  const id = await create({ epochs: 1 })
  const writer = await begin(id)
  await writer.epoch(epochResult(1, { evalAccuracy, loss }))
  await writer.complete()
  return id
}

describe('sort', () => {
  test('by when they were made, either way', async () => {
    const { create } = own.jobs
    const ids = [await create(), await create(), await create(), await create(), await create()]
    expect(await listAll({})).toEqual(ids.toReversed())
    expect(await listAll({ sort: 'createdAt' })).toEqual(ids)
  })

  test('by a result: finished ones that have it, equal ones in the order of their ids, page by page', async () => {
    const accuracies = [0.5, 0.25, 0.75, 0.5, 0, 0.5]
    const ids: string[] = []
    for (const accuracy of accuracies) ids.push(await finished(accuracy))
    await finished(null)
    await own.jobs.create()
    const ascending = ids.toSorted((a, b) => accuracyOf(a) - accuracyOf(b) || (a < b ? -1 : 1))
    function accuracyOf(id: string): number {
      return accuracies[ids.indexOf(id)] ?? NaN
    }
    expect(await listAll({ sort: 'evalAccuracy' })).toEqual(ascending)
    expect(await listAll({ sort: '-evalAccuracy' })).toEqual(ascending.toReversed())
  })

  test('numbers stand in their order whatever their size and sign', async () => {
    const losses = [1e-300, -2.5, 0, 12345.678, -1e300, 3, 0.1, -0.1]
    const ids = new Map<string, number>()
    for (const loss of losses) ids.set(await finished(null, loss), loss)
    const sorted = (await listAll({ sort: 'loss' })).map((id) => ids.get(id))
    expect(sorted).toEqual(losses.toSorted((a, b) => a - b))
  })

  test('one that is deleted is gone from every list', async () => {
    const id = await finished(0.5)
    await own.jobs.store.remove(id)
    for (const sort of ['createdAt', 'loss', 'evalAccuracy', 'finishedAt', 'duration'] as const) expect(await listAll({ sort })).toEqual([])
  })
})

describe('q', () => {
  test('finds words of name and tags by their beginnings, all of them, whatever their case', async () => {
    const { create } = own.jobs
    const [deep, wide, plain] = [
      await create({ name: 'Deep network, no norm', tags: ['lesson-3'] }),
      await create({ name: 'wide NETWORK', tags: ['Überblick'] }),
      await create(),
    ]
    expect(await listAll({ q: 'net' })).toEqual([wide, deep])
    expect(await listAll({ q: 'NET no' })).toEqual([deep])
    expect(await listAll({ q: 'über' })).toEqual([wide])
    expect(await listAll({ q: 'lesson 3' })).toEqual([deep])
    expect(await listAll({ q: 'etwork' })).toEqual([])
    expect(await listAll({ q: '...' })).toEqual(
      [wide, deep, plain]
        .filter((id) => id !== undefined && id !== '')
        .toSorted()
        .toReversed(),
    )
  })

  test('follows a change of name and tags, also of a word that both have', async () => {
    const { create, store } = own.jobs
    const id = await create({ name: 'alpha beta', tags: ['beta'] })
    await store.patch(id, { name: 'gamma' })
    expect([await listAll({ q: 'alpha' }), await listAll({ q: 'beta' }), await listAll({ q: 'gam' })]).toEqual([[], [id], [id]])
    await store.patch(id, { tags: [] })
    expect(await listAll({ q: 'beta' })).toEqual([])
  })

  test('with more words of one beginning than it reads indexes of, and with other filters', async () => {
    const { store } = own.jobs
    const ids: string[] = []
    for (let i = 0; i < 70; i++) {
      const input = { ...newExperiment({ name: `trial x${i}`, tags: [i % 2 ? 'odd' : 'even'] }), owner: i < 35 ? 'ann' : 'ben' }
      ids.push((await store.create(input)).experiment.id)
    }
    const odd = ids.filter((_, i) => i % 2 === 1).toReversed()
    expect(await listAll({ q: 'x', tag: 'odd' }, 10)).toEqual(odd)
    expect(await listAll({ q: 'tri x1', owner: 'ann' }, 10)).toEqual([19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 1].map((i) => ids[i]))
    expect(await listAll({ owner: 'ben', state: 'queued' }, 10)).toEqual(ids.slice(35).toReversed())
    expect(await listAll({ owner: 'ben', state: 'running' }, 10)).toEqual([])
  })
})

test('a page token outlives its entry, and one that no list has answered is refused', async () => {
  const { create, store } = own.jobs
  const ids = [await create(), await create(), await create()]
  const { nextPageToken } = await store.list({ pageSize: 1 })
  await store.cancel(ids[2] ?? '')
  await store.remove(ids[2] ?? '')
  const rest = await store.list({ pageSize: 5, pageToken: nextPageToken ?? '' })
  expect(rest.items.map(({ id }) => id)).toEqual([ids[1], ids[0]])
  await expect(store.list({ pageSize: 5, pageToken: 'zzz' })).rejects.toMatchObject({ code: 'PAGE_TOKEN_UNKNOWN' })
})
