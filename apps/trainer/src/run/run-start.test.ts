import { createHash } from 'node:crypto'
import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { mkdtemp } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  type CheckpointInfo,
  type ExperimentConfig,
  ExperimentRequest,
  type FromTrainer,
  type RunStart,
  type ToTrainer,
} from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { trainingStateOf } from '@trainyard/testing/experiments/training-state'
import { safetensorsFile } from '@trainyard/testing/experiments/safetensors-file'
import { configHash } from './config-hash.ts'
import { createRunReports } from './run-reports.ts'
import { readRunOrigin } from './run-start.ts'
import { writeCheckpoint } from '../files/write-checkpoint.ts'

const config = resolveConfig(ExperimentRequest.parse({ epochs: 9 }))
const other = resolveConfig(ExperimentRequest.parse({ epochs: 8 }))

let folder: string
let messages: FromTrainer[]
/** Of epochs 6 and 3. */
let resume: CheckpointInfo[]
beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'run-start-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(async () => {
  messages = []
  resume = [await written(6), await written(3)]
})

const stateOf = (epoch: number) => ({
  epoch,
  parameters: [{ name: 'model.1.weight', shape: [2, 2], values: Float32Array.of(epoch, 2, 3, 4) }],
  momenta: [{ name: 'model.1.weight', shape: [2, 2], values: Float32Array.of(5, 6, 7, epoch) }],
  buffers: [],
})

async function written(epoch: number, hash = configHash(config)): Promise<CheckpointInfo> {
  const content = { folder, runId: 'run', configHash: hash, imagesHash: 'images', best: null }
  return (await writeCheckpoint(trainingStateOf(stateOf(epoch)), content)).recorded
}

const command = (start: RunStart | null, of: ExperimentConfig): Extract<ToTrainer, { type: 'run' }> => ({
  ...{ type: 'run', runId: 'run', config: of, modelFolder: '', start },
  checkpoints: { folder, resume },
})
const origin = (start: RunStart | null = null, of = config) => {
  const reports = createRunReports({ runId: 'run', send: async (message) => void messages.push(message) })
  return readRunOrigin(command(start, of), { reports, imagesHash: 'images' })
}
const warnings = (): string[] => messages.flatMap((message) => (message.type === 'log' ? [message.message] : []))

const harms: [string, (file: string) => Promise<unknown>, string][] = [
  ['not there', (file) => rm(file), 'its file is not there'],
  ['torn', (file) => truncate(file, 100), 'torn or damaged'],
  [
    'of another bit',
    async (file) =>
      writeFile(
        file,
        (await readFile(file)).map((byte, i) => (i === 300 ? byte ^ 1 : byte)),
      ),
    'torn or damaged',
  ],
]

describe('readRunOrigin()', () => {
  test('the newest checkpoint, without a word', async () => {
    expect(await origin()).toEqual({ state: stateOf(6), best: null })
    expect(warnings()).toEqual([])
  })

  test.each(harms)('the newest is %s — the one before it, with a warning', async (_how, harm, reason) => {
    await harm(path.join(folder, resume[0]?.file ?? ''))
    expect(await origin()).toEqual({ state: stateOf(3), best: null })
    expect(warnings()).toEqual([expect.stringMatching(new RegExp(`epoch 6 .*${reason}.*going on from the checkpoint of epoch 3`))])
  })

  test('none is whole — from the beginning, with a warning for each', async () => {
    for (const { file } of resume) await rm(path.join(folder, file))
    expect(await origin()).toBeNull()
    expect(warnings()).toEqual([expect.stringContaining('epoch 6'), expect.stringContaining('going on from epoch 1')])
  })

  test('one of another config or of other images is foreign', async () => {
    resume = [await written(6, configHash(other)), await written(3)]
    expect(await origin()).toMatchObject({ state: { epoch: 3 } })
    expect(warnings()).toEqual([expect.stringContaining('it belongs to another config')])
  })
})

describe('what a fork begins with', () => {
  const startOf = async (keepMomentum: boolean): Promise<RunStart> => ({
    ...{ kind: 'checkpoint', folder, keepMomentum, configHash: configHash(other) },
    ...(await written(4, configHash(other))),
  })

  test('its parent’s checkpoint, with its momentum or without it', async () => {
    resume = []
    expect(await origin(await startOf(true))).toEqual({ state: stateOf(4), best: null })
    const { momenta: _momenta, ...weights } = stateOf(4)
    expect(await origin(await startOf(false))).toEqual({ state: weights, best: null })
  })

  test('a checkpoint of its own comes first', async () => {
    const start = await startOf(true)
    expect(await origin(start)).toMatchObject({ state: { epoch: 6 } })
    for (const { file } of resume) await rm(path.join(folder, file))
    expect(await origin(start)).toMatchObject({ state: { epoch: 4 } })
    expect(warnings().at(-1)).toContain('going on from epoch 5')
  })

  test('one that is damaged ends the run: it must not begin with other weights', async () => {
    resume = []
    const start = await startOf(true)
    if (start.kind === 'checkpoint') await truncate(path.join(folder, start.file), 100)
    await expect(origin(start)).rejects.toMatchObject({ code: 'NOT_RETAINED' })
    await expect(origin({ kind: 'model', folder: path.join(folder, 'gone'), epoch: 4 })).rejects.toMatchObject({ code: 'NOT_RETAINED' })
  })
})

describe('initial weights', () => {
  const bytes = safetensorsFile([
    { name: 'model.1.weight', shape: [102, 192], values: new Uint8Array(Float32Array.from({ length: 102 * 192 }, (_, i) => i).buffer) },
  ])
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const imported = resolveConfig(ExperimentRequest.parse({ imageSize: 8, depth: 0, bias: false, initialWeights: sha256 }))
  const start: RunStart = { kind: 'weights', folder: '', file: 'w.safetensors', epoch: 0 }
  const begun = () => origin({ ...start, folder }, imported)
  beforeEach(() => writeFile(path.join(folder, 'w.safetensors'), bytes))

  test('before the first epoch, without momentum; a checkpoint of its own comes first', async () => {
    resume = []
    const found = await begun()
    expect(found).toMatchObject({
      best: null,
      state: { epoch: 0, buffers: [], parameters: [{ name: 'model.1.weight', shape: [192, 102] }] },
    })
    expect(found?.state).not.toHaveProperty('momenta')
    resume = [await written(6, configHash(imported))]
    expect(await begun()).toMatchObject({ state: { epoch: 6 } })
    await rm(path.join(folder, resume[0]?.file ?? ''))
    expect(await begun()).toMatchObject({ state: { epoch: 0 } })
    expect(warnings().at(-1)).toContain('going on from epoch 1')
  })

  test('that are damaged or not there end the run: it must not begin from its seed', async () => {
    resume = []
    const refusal = { code: 'NOT_RETAINED', message: expect.stringMatching(/^The weights .*; upload them and submit it again$/) }
    await expect(origin(null, imported)).rejects.toMatchObject(refusal)
    await truncate(path.join(folder, 'w.safetensors'), bytes.length - 1)
    await expect(begun()).rejects.toMatchObject(refusal)
    await rm(path.join(folder, 'w.safetensors'))
    await expect(begun()).rejects.toMatchObject(refusal)
  })
})
