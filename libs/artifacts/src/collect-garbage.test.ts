import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Artifacts, openArtifacts } from './artifacts.ts'
import { aging, type TestArtifacts } from './test-flavours.ts'
import { type ArtifactOwner, type ArtifactOwners, collectGarbage } from './collect-garbage.ts'

const HOUR_MS = 3_600_000
let data: string
let artifacts: Artifacts
let age: TestArtifacts['age']
let evicted: string[]
let known: Map<string, ArtifactOwner>
let starts: Map<string, string>

beforeEach(async () => {
  data = await mkdtemp(path.join(os.tmpdir(), 'garbage-'))
  const aged = aging(openArtifacts(data))
  artifacts = aged.artifacts
  age = aged.age
  evicted = []
  starts = new Map()
  known = new Map<string, ArtifactOwner>([
    ['running', { state: 'live' }],
    ['deleted', { state: 'deleted' }],
    ['old', { state: 'ended', endedAtMs: 1, names: ['m', 'c'] }],
    ['new', { state: 'ended', endedAtMs: 2, names: ['m'] }],
  ])
  for (const id of ['running', 'deleted', 'old', 'new', 'stranger']) {
    await write(artifacts.checkpoints.pathOf(id, 'c'), 100)
    await write(path.join(artifacts.models.pathOf(id, 'm'), 'model.json'), 1000)
    await write(path.join(artifacts.models.pathOf(id, 'torn.part'), 'model.json'), 10)
  }
})
afterEach(() => rm(data, { recursive: true, force: true }))

async function write(file: string, bytes: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, Buffer.alloc(bytes))
}

const owners: ArtifactOwners = {
  ownerOf: async (id) => known.get(id) ?? { state: 'unknown' },
  starts: async () => starts,
  removeStart: async (token) => void starts.delete(token),
  clearRetained: async (id) => void evicted.push(id),
}
const collect = (options: { dryRun?: boolean; unknown?: boolean; maxBytes?: number } = {}) =>
  collectGarbage({ artifacts, owners, ...options })
const whatIsLeft = async () => (await readdir(data, { recursive: true })).filter((name) => /\/(c|m|torn.part)$/.test(name)).toSorted()
const LEFT = [
  ...['checkpoints/old/c', 'checkpoints/running/c', 'checkpoints/stranger/c', 'models/new/m', 'models/old/m'],
  ...['models/running/m', 'models/running/torn.part', 'models/stranger/m', 'models/stranger/torn.part'],
]

describe('collectGarbage()', () => {
  test('what no record references is removed; live and unknown ones stay', async () => {
    expect(await collect()).toEqual({
      dryRun: false,
      removed: {
        unused: { files: 3, bytes: 120 },
        deleted: { files: 3, bytes: 1110 },
        unknown: { files: 0, bytes: 0 },
        overLimit: { files: 0, bytes: 0 },
      },
      ...{ evicted: [], keptBytes: 4320, unknownBytes: 1110, fits: true },
    })
    expect(await whatIsLeft()).toEqual(LEFT)
    expect((await artifacts.items()).experiments.map(({ id }) => id)).not.toContain('deleted')
    expect((await collect()).removed).toMatchObject({ unused: { files: 0 }, deleted: { files: 0 } })
  })

  test('a dry run says the same, and removes nothing', async () => {
    const before = await whatIsLeft()
    const said = await collect({ dryRun: true, maxBytes: 1 })
    expect(await whatIsLeft()).toEqual(before)
    expect(evicted).toEqual([])
    expect(await collect({ maxBytes: 1 })).toEqual({ ...said, dryRun: false })
  })

  test('over the limit, the oldest ended ones are removed, their records first; live ones never', async () => {
    expect(await collect({ maxBytes: 4000 })).toMatchObject({ evicted: ['old'], fits: true })
    expect(evicted).toEqual(['old'])
    expect(await whatIsLeft()).toContain('models/new/m')
    expect(await collect({ maxBytes: 1 })).toMatchObject({ evicted: ['new'], keptBytes: 2220, fits: false })
    expect(await whatIsLeft()).toEqual(LEFT.filter((name) => /running|stranger/.test(name)))
  })

  test('unknown ones are removed only with unknown: true', async () => {
    expect(await collect({ unknown: true })).toMatchObject({ removed: { unknown: { files: 3, bytes: 1110 } }, unknownBytes: 0 })
    expect(await whatIsLeft()).toEqual(LEFT.filter((name) => !name.includes('stranger')))
  })

  test('starts stay while their fork runs, and for an hour until it has a record', async () => {
    const from = artifacts.models.pathOf('old', 'm')
    for (const token of ['of-running', 'of-ended', 'young', 'stale']) await artifacts.initialCheckpoints.pin({ token, from })
    starts = new Map([
      ['of-running', 'running'],
      ['of-ended', 'old'],
    ])
    age('stale', 2 * HOUR_MS)
    await collect()
    expect((await readdir(path.join(data, 'starts'))).toSorted()).toEqual(['of-running', 'young'])
    expect([...starts.keys()]).toEqual(['of-running'])
  })
})

test('uploaded weights stay for a day after they were last used, torn ones too, and what began with them keeps its own', async () => {
  const [used, stale, torn] = ['a', 'b', 'c'].map((id) => artifacts.weights.pathOf(id.repeat(64)))
  for (const file of [used, stale, `${torn}.part`]) await write(file ?? '', 10)
  await artifacts.initialCheckpoints.pin({ token: 'of-running', from: stale ?? '' })
  starts = new Map([['of-running', 'running']])
  for (const file of [stale, `${torn}.part`]) age(file ?? '', 24 * HOUR_MS + 60_000)
  expect((await collect({ dryRun: true, maxBytes: 1 })).removed.unused).toEqual({ files: 5, bytes: 140 })
  await collect({ maxBytes: 1 })
  expect(await readdir(path.join(data, 'weights'))).toEqual([path.basename(used ?? '')])
  expect(await readdir(artifacts.initialCheckpoints.folderOf('of-running'))).toEqual([path.basename(stale ?? '')])
})

describe('pin()', () => {
  test('a file or a folder stays when what it was taken from goes, and takes no room of its own', async () => {
    const file = artifacts.checkpoints.pathOf('old', 'c')
    await artifacts.initialCheckpoints.pin({ token: 'a', from: file })
    await artifacts.initialCheckpoints.pin({ token: 'b', from: artifacts.models.pathOf('old', 'm') })
    const taken = path.join(artifacts.initialCheckpoints.folderOf('a'), 'c')
    expect((await stat(taken)).ino).toBe((await stat(file)).ino)
    await artifacts.checkpoints.removeAllBut('old', [])
    await artifacts.models.removeAllBut('old', [])
    expect((await stat(taken)).size).toBe(100)
    expect(await readdir(artifacts.initialCheckpoints.folderOf('b'))).toEqual(['model.json'])
  })

  test('of what is gone — says so, and leaves nothing', async () => {
    await expect(artifacts.initialCheckpoints.pin({ token: 'a', from: path.join(data, 'gone') })).rejects.toMatchObject({ code: 'ENOENT' })
    expect((await artifacts.items()).starts.map(({ id }) => id)).toEqual([])
  })
})
