import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { loadEngine } from '@trainyard/tensorflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTrainerFolders } from '../environment.ts'
import { createDeviceSplits } from './device-cache.ts'

const { tf } = loadEngine(process.env)
let data: string
beforeAll(async () => void (data = await mkdtemp(path.join(os.tmpdir(), 'device-cache-'))))
afterAll(() => rm(data, { recursive: true, force: true }))

const config = (request: object) => resolveConfig(ExperimentRequest.parse({ dataset: 'synthetic-flowers', imageSize: 8, ...request }))
const folders = (root?: string) => readTrainerFolders({ ...process.env, TRAINYARD_DATA: data, FLOWERS102_ROOT: root })
const open = (root?: string) => createDeviceSplits(tf, folders(root))
const hooks = (signal = new AbortController().signal) => {
  const phases: string[] = []
  return { phases, hooks: { onProgress: ({ phase }: { phase: string }) => void phases.push(phase), onWarning: () => undefined, signal } }
}

test('load() — decodes in another process the first time, from the cache after it, and not at all while it is on the device', async () => {
  const splits = open()
  const first = hooks()
  const { train, evaluation } = await splits.load(config({ evaluate: 'val' }), first.hooks)
  expect([train.images.count, evaluation?.images.count]).toEqual([1020, 1020])
  expect(first.phases).toContain('decode')
  expect(
    splits
      .cachedSplits()
      .map(({ split }) => split)
      .toSorted(),
  ).toEqual(['train', 'val'])

  const onDevice = hooks()
  expect((await splits.load(config({ evaluate: 'none' }), onDevice.hooks)).train).toBe(train)
  const cached = hooks()
  expect((await open().load(config({ evaluate: 'none' }), cached.hooks)).train.sha256).toBe(train.sha256)
  expect([...onDevice.phases, ...cached.phases]).toEqual([])
})

test('load() — beyond its bound the least recently used splits leave the device', async () => {
  // room for both splits of the two larger sizes
  const splits = createDeviceSplits(tf, folders(), { keepBytes: 2 * 1020 * 3 * (16 ** 2 + 20 ** 2) })
  const before = tf.liveTensors()
  for (const imageSize of [12, 16, 20]) await splits.load(config({ imageSize, evaluate: 'val' }), hooks().hooks)
  const held = splits.cachedSplits().map(({ imageSize }) => imageSize)
  expect(held.toSorted((a, b) => a - b)).toEqual([16, 16, 20, 20])
  expect(tf.liveTensors() - before).toBe(2 * held.length) // its pixels and its labels
})

test('load() — a missing folder and a damaged image fail as the user’s, with the decoder’s own sentence', async () => {
  const flowers = config({ dataset: 'flowers102', evaluate: 'none' })
  await expect(open(path.join(data, 'nowhere')).load(flowers, hooks().hooks)).rejects.toMatchObject({ code: 'DATASET_MISSING' })
  await mkdir(path.join(data, 'odd', 'flowers-102', 'jpg'), { recursive: true })
  await writeFile(path.join(data, 'odd', 'flowers-102', 'setid.mat'), 'no mat file')
  await expect(open(path.join(data, 'odd')).load(flowers, hooks().hooks)).rejects.toMatchObject({
    code: expect.stringMatching(/^DATASET_/),
  })
})

test('load() — an abort ends the decoding process', async () => {
  const abort = new AbortController()
  const loading = open().load(config({ imageSize: 200 }), hooks(abort.signal).hooks)
  abort.abort()
  await expect(loading).rejects.toThrow('aborted')
  expect((await readdir(path.join(data, 'cache', 'datasets'))).filter((file) => file.includes('-200.'))).toEqual([])
})
