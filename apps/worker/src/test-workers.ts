import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { SCRIPTED_TRAINER } from '@trainyard/testing/trainers/scripted-trainer-path'
import { openArtifacts } from '@trainyard/artifacts'
import type { Experiment, ExperimentState } from '@trainyard/contracts'
import { connectRedis, createExperimentStore } from '@trainyard/jobs'
import { afterEach, beforeEach, expect } from 'vitest'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { poll } from '@trainyard/testing/inputs/poll'
import { startRedis } from '@trainyard/testing/redis/redis-process'
import { createLog } from './process/log.ts'
import { type RunningWorker, startWorker, type WorkerDeps } from './worker.ts'

export const WITHIN = { timeoutMs: 90_000 }
export const numbers = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1)

type TestWorkers = Awaited<ReturnType<typeof openTestWorkers>>

/** For each test a Redis and a data folder of its own, and workers with scripted trainers in this process. */
export function testWorkers(): { readonly own: TestWorkers } {
  let own: TestWorkers | null = null
  beforeEach(async () => void (own = await openTestWorkers()))
  afterEach(() => own?.close())
  return {
    get own() {
      if (!own) throw new Error('There only while tests run')
      return own
    },
  }
}

async function openTestWorkers() {
  const server = await startRedis()
  const redis = connectRedis(server.url, { name: 'test', whenDown: 'fail' })
  const store = createExperimentStore({ redis })
  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'worker-'))
  const closing: (() => Promise<void>)[] = []

  async function start({ script = '', ...changes }: { script?: string } & Partial<WorkerDeps> = {}): Promise<RunningWorker> {
    const connection = connectRedis(server.url, { name: 'worker', whenDown: 'wait' })
    const worker = await startWorker({
      ...{
        redis: connection,
        dataFolder,
        artifacts: openArtifacts(dataFolder),
        pools: ['default'],
        slots: 1,
        memoryBytes: 1e9,
        stallMs: 120_000,
        growthBytes: 2e9,
      },
      ...{ trainerPath: SCRIPTED_TRAINER, trainerEnv: { ...process.env, SCRIPT: script }, version: '0.0.0', log: createLog('silent') },
      ...changes,
    })
    closing.push(async () => {
      await worker.drain()
      connection.disconnect()
    })
    return worker
  }

  const reaches = (id: string, fits: (experiment: Experiment) => boolean): Promise<Experiment> =>
    poll(async () => {
      const experiment = await store.get(id)
      if (!fits(experiment)) throw new Error(`still ${experiment.state} (${experiment.reason}) at epoch ${experiment.latest?.epoch}`)
      return experiment
    }, WITHIN)

  return {
    ...{ server, redis, store, dataFolder, start, reaches },
    create: async (request: Parameters<typeof newExperiment>[0] = {}): Promise<string> =>
      (await store.create(newExperiment(request))).experiment.id,
    enters: (id: string, state: ExperimentState) => reaches(id, (experiment) => experiment.state === state),
    runsPast: (id: string, epoch: number) => reaches(id, ({ latest }) => (latest?.epoch ?? 0) >= epoch),
    /** Every epoch once, and every step of it. */
    expectWhole: async (id: string, epochs: number): Promise<void> => {
      expect((await store.epochs(id)).map(({ epoch }) => epoch)).toEqual(numbers(epochs))
      expect((await store.batches(id)).map(({ loss }) => loss)).toEqual(numbers(epochs).flatMap((epoch) => Array(16).fill(epoch)))
    },
    filesOf: (kind: 'checkpoints' | 'models' | 'starts', name = ''): Promise<string[]> =>
      readdir(path.join(dataFolder, kind, name)).catch(() => []),
    async close(): Promise<void> {
      for (const close of closing) await close()
      redis.disconnect()
      await server.stop()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}
