import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type ExperimentConfig, ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { loadEngine } from '@trainyard/tensorflow'
import { createNetwork, type ModelState, toModelState } from '@trainyard/training'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readModel } from './read-model.ts'
import { networkShape } from '../run/train-options.ts'
import { writeModel } from './write-model.ts'

const { tf } = loadEngine(process.env)
const config = resolveConfig(ExperimentRequest.parse({ imageSize: 8, layerSizes: [6, 4], norm: 'batch' }))

let base: string
beforeAll(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'trainyard-model-'))
})
afterAll(() => rm(base, { recursive: true }))

function freshState(of: ExperimentConfig): ModelState {
  const network = createNetwork(tf, networkShape(of), { seed: 5 })
  const state = toModelState(network.state(3).read())
  network.dispose()
  return state
}

const write = (folder: string, state = freshState(config)) =>
  writeModel({ folder, config, state, kind: 'best', epoch: 3, batchesTracked: 48 })

test('a model — three files in a folder of its name, and what the experiment keeps of it', async () => {
  const folder = path.join(base, 'written')
  const stored = await write(folder)
  const names = await readdir(folder)
  expect(names.toSorted()).toEqual(['model.json', 'model.safetensors', 'weights.bin'])
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size))
  expect(stored).toEqual({ kind: 'best', epoch: 3, folder: 'written', bytes: sizes.reduce((sum, size) => sum + size, 0) })
  expect(await readdir(base)).toContain('written')
  expect(await readdir(base)).not.toContain('written.part')
})

test('read back — the network that was written', async () => {
  const folder = path.join(base, 'read-back')
  const state = freshState(config)
  await write(folder, state)
  const { parameters, buffers } = await readModel({ folder, config })
  expect(parameters).toEqual(state.parameters)
  expect(buffers).toEqual(state.buffers)
})

test('a folder that is there, and orphanedArtifacts of a torn one, are replaced', async () => {
  const folder = path.join(base, 'replaced')
  for (const old of [folder, `${folder}.part`]) {
    await mkdir(old)
    await writeFile(path.join(old, 'old.bin'), 'old')
  }
  await write(folder)
  expect(await readdir(folder)).not.toContain('old.bin')
  expect(await readdir(base)).not.toContain('replaced.part')
})

test('a folder that cannot be made — the failure, and nothing stays', async () => {
  const file = path.join(base, 'a-file')
  await writeFile(file, '')
  await expect(write(path.join(file, 'model'))).rejects.toMatchObject({ code: 'EEXIST' })
})

test('weights that overflowed in the last step — ranges of the finite ones', async () => {
  const folder = path.join(base, 'overflowed')
  const state = freshState(config)
  const [kernel, bias] = state.parameters
  kernel?.values.fill(0.5).set([Infinity, -2, NaN, -Infinity, 3])
  bias?.values.fill(NaN)
  await write(folder, state)
  const { userDefinedMetadata } = JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8'))
  expect(userDefinedMetadata.weightRanges).toMatchObject({ 'linear_1/kernel': [-2, 3], 'linear_1/bias': [0, 0] })
})

test('files that are gone or torn — MODEL_NOT_FOUND', async () => {
  const folder = path.join(base, 'torn')
  await expect(readModel({ folder, config })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  await write(folder)
  await truncate(path.join(folder, 'weights.bin'), 40)
  await expect(readModel({ folder, config })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
})
