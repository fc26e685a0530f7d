import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { ExperimentRequest, type FromTrainer, type ToTrainer } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { trainingStateOf } from '@trainyard/testing/experiments/training-state'
import { runCheckpointSchedule } from './run-checkpoints.ts'
import { createRunReports } from './run-reports.ts'
import { readRunOrigin } from './run-start.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'run-checkpoints-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

const state = {
  epoch: 3,
  parameters: [{ name: 'model.1.weight', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
  momenta: [{ name: 'model.1.weight', shape: [2, 2], values: Float32Array.of(5, 6, 7, 8) }],
  buffers: [],
}
const live = trainingStateOf(state)

async function checkpointOnce({ freeGib, name }: { freeGib: number; name: string }) {
  const messages: FromTrainer[] = []
  const reports = createRunReports({ runId: 'run', send: async (message) => void messages.push(message) })
  const config = resolveConfig(ExperimentRequest.parse({}))
  const command: Extract<ToTrainer, { type: 'run' }> = {
    type: 'run',
    runId: 'run',
    config,
    checkpoints: { folder: path.join(folder, name), resume: [] },
    start: null,
    modelFolder: '',
  }
  const diskSpace = async () => ({ freeBytes: freeGib * 2 ** 30, totalBytes: 20 * 2 ** 30 })
  await runCheckpointSchedule(command, { reports, diskSpace, best: () => null, imagesHash: 'images' }).atEpochEnd(live, { now: true })
  return { messages, command, reports }
}

test('a checkpoint — is reported with its checksum, and read back to the same bits', async () => {
  const { messages, command, reports } = await checkpointOnce({ freeGib: 10, name: 'room' })
  const [message] = messages
  expect(message).toMatchObject({ type: 'checkpoint', checkpoint: { epoch: 3, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } })
  const resume = message?.type === 'checkpoint' ? [message.checkpoint] : []
  expect(await readdir(command.checkpoints.folder)).toEqual(resume.map(({ file }) => file))
  const resumed = { ...command, checkpoints: { ...command.checkpoints, resume } }
  expect(await readRunOrigin(resumed, { reports, imagesHash: 'images' })).toEqual({ state, best: null })
})

test('a disk that is nearly full — no checkpoint but a warning, and training goes on', async () => {
  const { messages } = await checkpointOnce({ freeGib: 1.5, name: 'full' })
  expect(messages).toMatchObject([
    { type: 'log', level: 'warn', message: expect.stringContaining('the disk is nearly full, 1.5 GiB free') },
  ])
  expect(await readdir(folder)).not.toContain('full')
})
