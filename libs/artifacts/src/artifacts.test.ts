import { createHash } from 'node:crypto'
import { readdir, readFile, rm, utimes } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { safetensorsFile } from '@trainyard/testing/experiments/safetensors-file'
import type { Artifacts } from './artifacts.ts'
import { type ArtifactOwner, type ArtifactOwners, collectGarbage } from './collect-garbage.ts'
import { FLAVOURS, keepFile, type TestArtifacts } from './test-flavours.ts'

const HOUR_MS = 3_600_000
const results = { version: 1 as const, layers: ['[[1]]'], losses: 'AACAPw==', logs: ['1 {}'], hashes: 'ab' }
const weights = safetensorsFile([
  { name: 'model.1.weight', shape: [4, 192] },
  { name: 'model.3.weight', shape: [102, 4] },
])
const weightsId = createHash('sha256').update(weights).digest('hex')
async function* inPieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let first = 0; first < content.length; first += 1000) yield content.subarray(first, first + 1000)
}

describe.each(FLAVOURS)('artifacts in a $name', ({ name, open }) => {
  let own: TestArtifacts
  let artifacts: Artifacts
  beforeEach(async () => {
    own = await open()
    artifacts = own.artifacts
  })
  afterEach(() => own.close())
  const keepCheckpoint = (id: string, file: string, bytes = 100) =>
    keepFile(own, { place: artifacts.checkpoints.pathOf(id, file), content: Buffer.alloc(bytes, file) })
  const keepModel = async (id: string, folder: string): Promise<void> => {
    for (const file of ['model.json', 'weights.bin'])
      await keepFile(own, { place: artifacts.models.pathOf(id, folder), file, content: Buffer.from(`${file} of ${folder}`) })
  }

  test('checkpoints: what is no longer named goes, and what another experiment has stays', async () => {
    for (const file of ['one', 'two', 'three']) await keepCheckpoint('a', file)
    await keepCheckpoint('b', 'one')
    expect([...new Set((await artifacts.items()).experiments.map(({ id }) => id))].toSorted()).toEqual(['a', 'b'])
    await artifacts.checkpoints.removeAllBut('a', ['two', 'three'])
    expect(await own.kept()).toEqual(['checkpoints/a/three', 'checkpoints/a/two', 'checkpoints/b/one'])
    await artifacts.checkpoints.remove('a', 'two')
    await expect.poll(() => own.kept()).toEqual(['checkpoints/a/three', 'checkpoints/b/one'])
    await artifacts.checkpoints.removeAllBut('a', [])
    expect(await own.kept()).toEqual(['checkpoints/b/one'])
  })

  test('models: each file with its size, or null; one attempt’s go, and those that no record names', async () => {
    for (const folder of ['one', 'two', 'three']) await keepModel('a', folder)
    const opened = await artifacts.models.open({ experimentId: 'a', folder: 'one', file: 'model.json' })
    expect(opened?.bytes).toBe('model.json of one'.length)
    expect(String(opened && (await buffer(opened.stream)))).toBe('model.json of one')
    expect(await artifacts.models.open({ experimentId: 'a', folder: 'one', file: 'model.safetensors' })).toBeNull()
    expect(await artifacts.models.link({ experimentId: 'a', folder: 'one', file: 'model.json' })).toBeNull()
    await artifacts.models.remove('a', 'one')
    await artifacts.models.removeAllBut('a', ['two'])
    expect(await own.kept()).toEqual(['models/a/two/model.json', 'models/a/two/weights.bin'])
    await artifacts.models.removeAllBut('a', [])
    expect([await own.kept(), (await artifacts.items()).experiments.map(({ id }) => id)]).toEqual([[], []])
  })

  test('a start stays when what it was taken from goes; of what is gone it says so, and leaves nothing', async () => {
    await keepCheckpoint('a', 'one')
    await keepModel('a', 'two')
    await artifacts.initialCheckpoints.pin({ token: 'x', from: artifacts.checkpoints.pathOf('a', 'one') })
    await artifacts.initialCheckpoints.pin({ token: 'y', from: artifacts.models.pathOf('a', 'two') })
    await artifacts.checkpoints.removeAllBut('a', [])
    await artifacts.models.removeAllBut('a', [])
    expect(await own.kept()).toEqual(['starts/x/one', 'starts/y/model.json', 'starts/y/weights.bin'])
    const gone = artifacts.initialCheckpoints.pin({ token: 'z', from: artifacts.checkpoints.pathOf('a', 'one') })
    await expect(gone).rejects.toMatchObject({ code: 'ENOENT' })
    await artifacts.initialCheckpoints.remove('y')
    expect((await artifacts.items()).starts.map(({ id }) => id)).toEqual(['x'])
  })

  test('results: what was written is read again; what was not is null', async () => {
    await Promise.all([artifacts.results.write('a', results), artifacts.results.write('a', results)])
    expect([await artifacts.results.read('a'), await artifacts.results.read('b')]).toEqual([results, null])
    expect((await artifacts.items()).results.map(({ id }) => id)).toEqual(['a'])
    for (const _ of [1, 2]) await artifacts.results.remove('a')
    expect([await artifacts.results.read('a'), await own.kept()]).toEqual([null, []])
  })

  test('weights: under their hash, and what they are the weights of; a start takes them over; one that is refused leaves nothing', async () => {
    const received = await artifacts.weights.receive(inPieces(weights))
    expect(received).toMatchObject({ id: weightsId, bytes: weights.length, network: { imageSize: 8, layerSizes: [4] } })
    expect(await artifacts.weights.use(weightsId)).toEqual(received)
    expect(await artifacts.weights.use('0'.repeat(64))).toBeNull()
    const usedAtMs = async () => Math.max(...(await artifacts.items()).weights.map(({ atMs }) => atMs))
    const receivedAtMs = await usedAtMs()
    await expect.poll(async () => (await artifacts.weights.use(weightsId)) && usedAtMs(), { timeout: 10_000 }).toBeGreaterThan(receivedAtMs)
    const before = await own.kept()
    await expect(artifacts.weights.receive(inPieces(weights.subarray(0, -1)))).rejects.toMatchObject({ code: 'WEIGHTS_UNUSABLE' })
    expect(await own.kept()).toEqual(before)
    await artifacts.initialCheckpoints.pin({ token: 'x', from: artifacts.weights.pathOf(weightsId) })
    expect(await own.kept()).toContain(`starts/x/${weightsId}.safetensors`)
  })

  describe('garbage', () => {
    let evicted: string[]
    let starts: Map<string, string>
    const known = new Map<string, ArtifactOwner>([
      ['running', { state: 'live' }],
      ['deleted', { state: 'deleted' }],
      ['old', { state: 'ended', endedAtMs: 1, names: ['m', 'c'] }],
      ['new', { state: 'ended', endedAtMs: 2, names: ['m'] }],
    ])
    const owners: ArtifactOwners = {
      ownerOf: async (id) => known.get(id) ?? { state: 'unknown' },
      starts: async () => starts,
      removeStart: async (token) => void starts.delete(token),
      clearRetained: async (id) => void evicted.push(id),
    }
    beforeEach(async () => {
      evicted = []
      starts = new Map([
        ['of-running', 'running'],
        ['of-ended', 'old'],
      ])
      for (const id of ['running', 'deleted', 'old', 'new', 'stranger']) {
        await keepCheckpoint(id, 'c')
        await keepFile(own, { place: artifacts.models.pathOf(id, 'm'), file: 'model.json', content: Buffer.alloc(1000) })
        await artifacts.results.write(id, results)
      }
      const from = artifacts.checkpoints.pathOf('running', 'c')
      for (const token of ['of-running', 'of-ended', 'young']) await artifacts.initialCheckpoints.pin({ token, from })
    })
    const left = async () => (await own.kept()).filter((key) => /^(checkpoints|models|starts|results)/.test(key))
    const LEFT = [
      ...['checkpoints/old/c', 'checkpoints/running/c', 'checkpoints/stranger/c'],
      ...['models/new/m', 'models/old/m', 'models/running/m', 'models/stranger/m'].map((folder) => `${folder}/model.json`),
      ...['results/new.json.gz', 'results/old.json.gz', 'results/running.json.gz', 'results/stranger.json.gz'],
      ...['starts/of-running/c', 'starts/young/c'],
    ]

    test('what no record names goes; a dry run says the same, and removes nothing', async () => {
      const before = await left()
      const said = await collectGarbage({ artifacts, owners, dryRun: true })
      expect([await left(), [...starts.keys()]]).toEqual([before, ['of-running', 'of-ended']])
      expect(await collectGarbage({ artifacts, owners })).toEqual({ ...said, dryRun: false })
      expect(said.removed).toMatchObject({ unused: { files: 2, bytes: 200 }, deleted: { files: 3 } })
      expect([await left(), [...starts.keys()]]).toEqual([LEFT, ['of-running']])
    })

    test('over the limit the oldest ended ones are removed, their records first; unknown ones only with unknown: true', async () => {
      const { keptBytes } = await collectGarbage({ artifacts, owners })
      expect(await collectGarbage({ artifacts, owners, maxBytes: keptBytes - 1 })).toMatchObject({ evicted: ['old'], fits: true })
      expect(evicted).toEqual(['old'])
      expect(await collectGarbage({ artifacts, owners, maxBytes: 1, unknown: true })).toMatchObject({ fits: false })
      expect(await left()).toEqual(LEFT.filter((key) => /running|young|results.(new|old)/.test(key)))
    })

    test('starts without a record go after an hour, weights a day after they were used last', async () => {
      await artifacts.weights.receive(inPieces(weights))
      own.age(artifacts.initialCheckpoints.folderOf('young'), 2 * HOUR_MS)
      await collectGarbage({ artifacts, owners })
      expect(await left()).toEqual(LEFT.filter((key) => !key.includes('young')))
      expect(await artifacts.weights.use(weightsId)).not.toBeNull()
      own.age(artifacts.weights.pathOf(weightsId), 25 * HOUR_MS)
      await collectGarbage({ artifacts, owners })
      expect((await own.kept()).filter((key) => key.startsWith('weights'))).toEqual([])
    })
  })

  test.runIf(name === 'store')(
    'another host fetches what this one kept, and what a working area does not need goes after an hour',
    async () => {
      await keepCheckpoint('a', 'one')
      await keepModel('a', 'two')
      await rm(own.data, { recursive: true })
      const [checkpoint, model] = [artifacts.checkpoints.pathOf('a', 'one'), artifacts.models.pathOf('a', 'two')]
      expect(await artifacts.cache?.fetch(checkpoint)).toBe(true)
      expect(await readFile(checkpoint)).toEqual(Buffer.alloc(100, 'one'))
      expect(await artifacts.cache?.fetch(model)).toBe(true)
      expect(await readFile(path.join(model, 'weights.bin'), 'utf8')).toBe('weights.bin of two')
      expect(await artifacts.cache?.fetch(artifacts.models.pathOf('a', 'tw'))).toBe(false)
      const before = await own.kept()
      const area = path.join(own.data, 'work')
      await artifacts.cache?.evict(async () => false)
      expect(await readdir(path.join(area, 'checkpoints'))).toEqual(['a'])
      for (const place of [checkpoint, model, path.dirname(checkpoint), path.dirname(model)]) await utimes(place, 1, 1)
      await artifacts.cache?.evict(async (id) => id === 'a')
      expect(await readdir(path.join(area, 'models'))).toEqual(['a'])
      await artifacts.cache?.evict(async () => false)
      expect([await readdir(path.join(area, 'checkpoints')), await readdir(path.join(area, 'models')), await own.kept()]).toEqual([
        [],
        [],
        before,
      ])
    },
  )
})
