import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openArtifacts } from '@trainyard/artifacts'
import { type Probe, ProbeRequest, SamplesRequest, type StoredModel } from '@trainyard/contracts'
import {
  connectRedis,
  createAttemptStore,
  createAttemptWriter,
  createExperimentStore,
  createProbeStore,
  createRequestConsumer,
  createRequestQueue,
  PREDICTIONS,
  type ProbeStore,
  PROBES,
  SAMPLES,
} from '@trainyard/jobs'
import type { Redis } from 'ioredis'
import { SCRIPTED_TRAINER } from '@trainyard/testing/trainers/scripted-trainer-path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { poll } from '@trainyard/testing/inputs/poll'
import { type RedisProcess, startRedis } from '@trainyard/testing/redis/redis-process'
import { createLog } from '../process/log.ts'
import { runRequestSlot } from './request-slot.ts'
import { startTrainer, type TrainerProcess } from '../trainers/trainer-process.ts'
import { type RunningWorker, startWorker } from '../worker.ts'

const trainerPath = SCRIPTED_TRAINER
const scriptedWorker = fileURLToPath(new URL('../test-scripted-worker.ts', import.meta.url))
const WITHIN = { timeoutMs: 90_000 }

let server: RedisProcess
let redis: Redis
let probes: ProbeStore
let dataFolder: string
let leaving: (() => Promise<void>)[]

beforeEach(async () => {
  server = await startRedis()
  redis = connectRedis(server.url, { name: 'test', whenDown: 'fail' })
  probes = createProbeStore({ redis })
  dataFolder = await mkdtemp(path.join(os.tmpdir(), 'requests-'))
  leaving = []
})
afterEach(async () => {
  for (const leave of leaving) await leave()
  redis.disconnect()
  await server.stop()
  await rm(dataFolder, { recursive: true, force: true })
})

async function start({ script = '' } = {}): Promise<RunningWorker> {
  const connection = connectRedis(server.url, { name: 'worker', whenDown: 'wait' })
  const worker = await startWorker({
    ...{ redis: connection, dataFolder, artifacts: openArtifacts(dataFolder), pools: ['default'], slots: 1 },
    ...{ memoryBytes: 1e9, stallMs: 120_000, growthBytes: 2e9, trainerPath },
    ...{ trainerEnv: { ...process.env, SCRIPT: script }, version: '0.0.0', log: createLog('silent') },
  })
  leaving.push(async () => {
    await worker.drain()
    connection.disconnect()
  })
  return worker
}

/** An experiment of the past: completed, with a model. */
async function trainedExperiment(model: StoredModel): Promise<string> {
  const store = createExperimentStore({ redis })
  const { id } = (await store.create(newExperiment({ epochs: 1 }))).experiment
  const claim = await createAttemptStore({ redis }).claim({ id, dispatch: 1, token: 'a-token', workerId: 'w' })
  if (!claim) throw new Error('stale')
  const attempt = createAttemptWriter({ redis, claim })
  await attempt.epoch(epochResult(1))
  await attempt.model(model)
  await attempt.complete()
  return id
}

const create = async (fields: Partial<ProbeRequest> = {}): Promise<string> => (await probes.create(ProbeRequest.parse(fields))).id
const enters = (id: string, state: Probe['state']): Promise<Probe> =>
  poll(async () => {
    const probe = await probes.get(id)
    if (probe.state !== state) throw new Error(JSON.stringify(probe))
    return probe
  }, WITHIN)
/** The scripted trainer reports its own pid and device. */
const trainerOf = (probe: Probe): unknown => probe.results[0]?.outputNorm

test('a probe is answered while training holds the only slot, by a trainer on the CPU that stays for the next one', async () => {
  await start()
  const store = createExperimentStore({ redis })
  const { id: experimentId } = (await store.create(newExperiment({ epochs: 10_000 }))).experiment
  await poll(async () => expect((await store.get(experimentId)).latest).not.toBeNull(), WITHIN)
  const first = await enters(await create({ seed: 1 }), 'completed')
  const second = await enters(await create({ seed: 2 }), 'completed')
  expect(trainerOf(first)).toMatchObject({ values: [-1] })
  expect(trainerOf(second)).toEqual(trainerOf(first))
  expect((await store.get(experimentId)).state).toBe('running')
})

test("a user's failure is shown, and not tried again", async () => {
  await start({ script: 'refuse' })
  const { error } = await enters(await create(), 'failed')
  expect(error).toEqual({ class: 'user', code: 'DATASET_MISSING', message: 'not there', advice: 'fetch it' })
})

test('a trainer that dies each time fails the probe in the end; submitted once more, another worker answers', async () => {
  const worker = await start({ script: 'crash' })
  const id = await create()
  expect((await enters(id, 'failed')).error).toMatchObject({ class: 'infrastructure', code: 'TRAINER_CRASHED' })
  await worker.drain()
  await start()
  expect(await create()).toBe(id)
  await enters(id, 'completed')
})

test('a worker that drains gives its probe back at once; the next one answers it', async () => {
  const worker = await start({ script: 'silent' })
  const id = await create()
  await poll(async () => expect(await probes.get(id)).toMatchObject({ state: 'running', fraction: 0.5 }), WITHIN)
  await worker.drain()
  expect(await probes.get(id)).toMatchObject({ state: 'queued', error: null })
  await start()
  await enters(id, 'completed')
})

test('a worker killed by SIGKILL in the middle of a probe — the next one answers it', async () => {
  const killed = fork(scriptedWorker, [server.url, dataFolder], { env: { ...process.env, SCRIPT: 'silent' } })
  const id = await create()
  await poll(async () => expect(await probes.get(id)).toMatchObject({ state: 'running', fraction: 0.5 }), WITHIN)
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  await start()
  await enters(id, 'completed')
})

test.each(['pause', 'kill'] as const)('%s — Redis goes away in the middle of a probe: it is not lost', async (how) => {
  const worker = await start({ script: 'silent' })
  const id = await create()
  await enters(id, 'running')
  await server[how]()
  if (how === 'pause') server.resume()
  else await server.restart()
  await poll(() => enters(id, 'running'), WITHIN)
  await worker.drain()
  await start()
  expect((await enters(id, 'completed')).error).toBeNull()
})

test('photos are classified with the kept model, by a trainer that stays for the next one; of them nothing stays', async () => {
  const model = { kind: 'best' as const, epoch: 1, bytes: 1, folder: 'a-token' }
  const experimentId = await trainedExperiment(model)
  await start()
  const queue = createRequestQueue(PREDICTIONS, { redis })
  const patience = { ...WITHIN, signal: new AbortController().signal, attachment: Buffer.from([0xff, 0xd8, 0xff]) }
  const [first, second] = [await queue.submit({ experimentId }, patience), await queue.submit({ experimentId }, patience)]
  expect(first).toMatchObject({ model: { kind: 'best', epoch: 1 }, classes: [{ name: 'a-token ffd8ff' }] })
  expect(second).toEqual(first)
  expect(await redis.keys('*attachment*')).toEqual([])
})

test('a picture of the same images is drawn once for all requests', async () => {
  await start()
  const queue = createRequestQueue(SAMPLES, { redis })
  const patience = { ...WITHIN, signal: new AbortController().signal }
  const draw = (seed: string) => queue.submit(SamplesRequest.parse({ dataset: 'synthetic-flowers', label: '7', seed }), patience)
  const [first, second] = await Promise.all([draw('1'), draw('1')])
  expect(first.items).toMatchObject([{ index: 1, label: 7 }])
  expect(second).toEqual(first)
  expect((await draw('2')).items).toMatchObject([{ index: 2 }])
})

test('images that a worker cannot draw are a failure with its words; a later request tries again', async () => {
  const worker = await start({ script: 'refuse' })
  const queue = createRequestQueue(SAMPLES, { redis })
  const draw = () => queue.submit(SamplesRequest.parse({ dataset: 'flowers102' }), { ...WITHIN, signal: new AbortController().signal })
  await expect(draw()).rejects.toMatchObject({ code: 'DATASET_MISSING', message: 'not there' })
  await worker.drain()
  await start()
  expect((await draw()).items).toHaveLength(1)
})

test('without a worker, a request for images times out', async () => {
  const soon = { timeoutMs: 50, signal: new AbortController().signal }
  await expect(createRequestQueue(SAMPLES, { redis }).submit(SamplesRequest.parse({ dataset: 'flowers102' }), soon)).rejects.toMatchObject({
    code: 'SAMPLES_TIMED_OUT',
    message: expect.stringContaining('No worker has begun'),
  })
})

/** A slot without a worker around it, with short timeouts. */
function startSlot(options: { script: string; silenceMs?: number; idleMs?: number }): TrainerProcess[] {
  const { script, silenceMs = 60_000, idleMs = 60_000 } = options
  const connection = connectRedis(server.url, { name: 'slot', whenDown: 'wait' })
  const log = createLog('silent')
  const consumer = createRequestConsumer(PROBES, { redis: connection, onError: () => {} })
  const stop = new AbortController()
  const started: TrainerProcess[] = []
  const slot = runRequestSlot({
    ...{ consumer, silenceMs, idleMs, log, stopping: stop.signal },
    toCommand: async ({ id, data }) => ({ type: 'probe', runId: id, request: data }),
    startTrainer: async () => {
      const trainer = startTrainer({ path: trainerPath, env: { ...process.env, SCRIPT: script }, log })
      started.push(trainer)
      return trainer
    },
  })
  leaving.push(async () => {
    stop.abort()
    await slot
    await consumer.close()
    connection.disconnect()
  })
  return started
}

test('a silent trainer is replaced, and the probe is tried again', async () => {
  const started = startSlot({ script: 'silent', silenceMs: 100 })
  expect((await enters(await create(), 'failed')).error).toMatchObject({ message: expect.stringContaining('SIGKILL') })
  expect(started).toHaveLength(3)
  expect(started.map((trainer) => trainer.isAlive())).toEqual([false, false, false])
})

test('a trainer is started by the first probe, leaves when there is no more to do, and comes back for the next one', async () => {
  const started = startSlot({ script: '', idleMs: 10 })
  expect(started).toHaveLength(0)
  await enters(await create({ seed: 1 }), 'completed')
  await poll(() => expect(started.map((trainer) => trainer.isAlive())).toEqual([false]), WITHIN)
  await enters(await create({ seed: 2 }), 'completed')
  expect(started).toHaveLength(2)
})
