import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { openArtifacts } from '@trainyard/artifacts'
import { createAttemptWriter } from '@trainyard/jobs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'
import { createLog } from '../process/log.ts'
import { createRecorder } from './recorder.ts'

const own = ownJobs()
const engine = { name: 'native', version: '2', device: 'cpu', threads: 2 }
let data: string
beforeEach(async () => void (data = await mkdtemp(path.join(os.tmpdir(), 'recorder-'))))
afterEach(() => rm(data, { recursive: true, force: true }))

/** An attempt of its own, with what it writes on disk, and what is recorded and on disk after it. */
async function attempt(id: string, dispatch: number) {
  const { redis, prefix, store, claim } = own.jobs
  const claimed = await claim(id, dispatch)
  if (!claimed) throw new Error('stale')
  const { checkpoints } = openArtifacts(data)
  const writer = createAttemptWriter({ redis, prefix, claim: claimed })
  const record = createRecorder({ claim: claimed, writer, checkpoints, log: createLog('silent') })
  const runId = claimed.token
  return {
    start: (resumedFromEpoch: number) => record({ type: 'started', runId, engine, datasetHash: 'h', resumedFromEpoch, cachedSplits: [] }),
    checkpoint: async (epoch: number) => {
      await mkdir(checkpoints.folderOf(id), { recursive: true })
      await writeFile(checkpoints.pathOf(id, `${epoch}`), 'whole')
      await record({ type: 'checkpoint', runId, checkpoint: { file: `${epoch}`, epoch, sha256: 's', bytes: 5 } })
    },
    end: () => writer.requeue({ reason: 'drained' }),
    left: async () => ({
      recorded: (await store.recordedFiles(id)).checkpoints.map(({ file }) => Number(file)),
      onDisk: (await readdir(checkpoints.folderOf(id))).map(Number).toSorted((a, b) => b - a),
    }),
  }
}

test('the last two checkpoints are recorded and on disk, however often one is reported', async () => {
  const first = await attempt(await own.jobs.create(), 1)
  await first.start(0)
  for (const epoch of [1, 2, 2, 3, 3]) await first.checkpoint(epoch)
  expect(await first.left()).toEqual({ recorded: [3, 2], onDisk: [3, 2] })
})

test('what an attempt fell back on stays, and what it could not use goes', async () => {
  const id = await own.jobs.create()
  const first = await attempt(id, 1)
  await first.start(0)
  for (const epoch of [1, 2]) await first.checkpoint(epoch)
  await first.end()
  const second = await attempt(id, 2)
  await second.start(1) // its trainer found the newest one damaged
  expect(await second.left()).toEqual({ recorded: [1], onDisk: [1] })
  await second.checkpoint(3)
  expect(await second.left()).toEqual({ recorded: [3, 1], onDisk: [3, 1] })
  await second.checkpoint(4)
  expect(await second.left()).toEqual({ recorded: [4, 3], onDisk: [4, 3] })
})
