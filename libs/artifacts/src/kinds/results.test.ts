import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { collectGarbage } from '../collect-garbage.ts'
import { openArtifacts } from '../artifacts.ts'

const results = { version: 1 as const, layers: ['[[1]]'], losses: 'AACAPw==', logs: ['1 {}'], hashes: 'ab' }

let data: string
beforeEach(async () => void (data = await mkdtemp(path.join(os.tmpdir(), 'results-'))))
afterEach(() => rm(data, { recursive: true, force: true }))

test('what was written is read again, also when it is written twice at once; what was not is null', async () => {
  const files = openArtifacts(data).results
  await Promise.all([files.write('a', results), files.write('a', results)])
  expect(await files.read('a')).toEqual(results)
  expect(await files.read('b')).toBeNull()
  expect(await readdir(path.join(data, 'results'))).toEqual(['a.json.gz'])
  await files.remove('a')
  await files.remove('a')
  expect(await files.read('a')).toBeNull()
})

test('names never lead out of the folder', async () => {
  const files = openArtifacts(data).results
  await files.write('../../escaped', results)
  expect(await readdir(path.join(data, 'results'))).toEqual(['escaped.json.gz'])
})

test('garbage collection removes those of deleted experiments, never those of ended ones, however little room there is', async () => {
  const artifacts = openArtifacts(data)
  for (const id of ['ended', 'deleted', 'stranger']) await artifacts.results.write(id, results)
  const owners = {
    ownerOf: async (id: string) =>
      id === 'ended'
        ? ({ state: 'ended', endedAtMs: 1, names: [] } as const)
        : { state: id === 'deleted' ? ('deleted' as const) : ('unknown' as const) },
    starts: async () => new Map<string, string>(),
    removeStart: async () => {},
    clearRetained: async () => {},
  }
  const report = await collectGarbage({ artifacts, owners, maxBytes: 1 })
  expect(report.removed.deleted.files).toBe(1)
  expect((await artifacts.items()).results.map(({ id }) => id).toSorted()).toEqual(['ended', 'stranger'])
})
