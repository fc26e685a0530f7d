import { CONFIG_VERSION } from '@trainyard/contracts'
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownRedis } from '@trainyard/testing/redis/own-redis'
import { createAttemptStore } from '../attempts/attempt-store.ts'
import { createAttemptWriter } from '../attempts/attempt-writer.ts'
import { createDispatcher } from '../queue/dispatcher.ts'
import { createExperimentStore } from '../experiments/experiment-store.ts'
import { createDurationEstimates, secondsLeft } from './duration-estimates.ts'
import { keysOf, queueName } from '../redis/keys.ts'
import { simulateQueue } from './queue-eta.ts'
import { estimateCost } from './cost-estimate.ts'
import { createWorkerRegistry } from '../workers/worker-registry.ts'

const own = ownRedis()
let redis: Redis
let prefix: string
beforeAll(() => void (redis = own.redis))
beforeEach(() => void (prefix = `{forecast-${randomUUID()}}`))

const work = estimateCost(newExperiment({ epochs: 10 }).config)
const here = { pool: 'default', speed: null }

describe('simulateQueue() — the next one takes the slot that is free first', () => {
  test.each([
    ['idle slots', { running: [], ahead: [5, 5], slots: 2 }, { begins: [0, 0], next: 5 }],
    ['one busy slot', { running: [4], ahead: [1, 10], slots: 1 }, { begins: [4, 5], next: 15 }],
    ['two busy slots', { running: [4, 1], ahead: [2, 2, 2], slots: 2 }, { begins: [1, 3, 4], next: 5 }],
    ['what is not known counts as the others do', { running: [null], ahead: [6, null], slots: 1 }, { begins: [6, 12], next: 18, each: 6 }],
    ['none before it', { running: [], ahead: [], slots: 3 }, { begins: [], next: 0, each: 0 }],
  ])('%s', (_what, options, expected) => {
    expect(simulateQueue(options)).toMatchObject(expected)
  })
})

describe('what runs have taken', () => {
  test('before any, the cost model at the pace that a worker has measured', async () => {
    const learned = createDurationEstimates({ redis, prefix })
    expect((await learned.of(work, here)).epochSeconds).toBeCloseTo(work.epochSeconds)
    const speed = [{ width: 512, direct: 3, dual: 5 }]
    expect((await learned.of(work, { pool: 'default', speed })).epochSeconds).toBeCloseTo(3 * work.epochSeconds)
  })

  test('the same kind takes what it took; another one the same multiple of its model; another pool learns for itself', async () => {
    const learned = createDurationEstimates({ redis, prefix })
    await learned.learn(work, { pool: 'default', setUpSeconds: 2, epochSeconds: 4 * work.epochSeconds, endSeconds: 0.5 })
    const same = await learned.of(work, here)
    expect(same).toMatchObject({ setUpSeconds: 2, endSeconds: 0.5 })
    expect(same.epochSeconds).toBeCloseTo(4 * work.epochSeconds)
    const wider = estimateCost(newExperiment({ width: 1024 }).config)
    expect((await learned.of(wider, here)).epochSeconds).toBeCloseTo(4 * wider.epochSeconds)
    expect((await learned.of(work, { pool: 'lab', speed: null })).epochSeconds).toBeCloseTo(work.epochSeconds)
  })

  test('the latest five count: a machine that has become faster is believed', async () => {
    const learned = createDurationEstimates({ redis, prefix })
    const learn = (factor: number) =>
      learned.learn(work, { pool: 'default', setUpSeconds: factor, epochSeconds: factor * work.epochSeconds, endSeconds: 0 })
    for (let i = 0; i < 20; i++) await learn(8)
    for (let i = 0; i < 20; i++) await learn(2)
    const { setUpSeconds, epochSeconds } = await learned.of(work, here)
    expect(Math.abs(setUpSeconds - 2)).toBeLessThan(0.1)
    expect(Math.abs(epochSeconds / work.epochSeconds - 2)).toBeLessThan(0.1)
  })
})

describe('a queue', () => {
  const store = () => createExperimentStore({ redis, prefix })
  const worker = (slots: (string | null)[]) =>
    createWorkerRegistry({ redis, prefix }).heartbeat({
      ...{
        id: 'worker',
        host: 'here',
        pid: 1,
        version: '0',
        pools: ['default'],
        engine: null,
        speed: null,
        memoryBytes: 1e9,
        cachedSplits: [],
      },
      slots: slots.map((experimentId, i) => ({ slot: i + 1, experimentId, trainer: experimentId ? 'busy' : 'idle', gpu: null })),
      ...{ configVersion: CONFIG_VERSION, draining: false, unhealthyReason: null, gpus: [], startedAt: '2026-01-01T00:00:00.000Z' },
    })
  async function queued(count: number): Promise<string[]> {
    const made = []
    for (let i = 0; i < count; i++) made.push((await store().create(newExperiment({ epochs: 10 }))).experiment.id)
    const dispatcher = createDispatcher({ redis, prefix, onError: () => {} })
    await dispatcher.flushOutbox()
    await dispatcher.close()
    return made
  }

  test('each begins when those before it have ended, and ends when its own epochs are done', async () => {
    await createDurationEstimates({ redis, prefix }).learn(work, { pool: 'default', setUpSeconds: 1, epochSeconds: 2, endSeconds: 3 })
    await worker([null])
    const run = 1 + 10 * 2 + 3
    for (const [i, id] of (await queued(3)).entries()) {
      const { queuePosition, startsInSeconds, progress } = await store().get(id)
      expect(queuePosition).toBe(i + 1)
      expect(startsInSeconds).toBeCloseTo(i * run, 0)
      expect(progress.etaSeconds).toBeCloseTo((i + 1) * run, 0)
    }
  })

  test('what runs is waited for by what is left of it', async () => {
    await createDurationEstimates({ redis, prefix }).learn(work, { pool: 'default', setUpSeconds: 0, epochSeconds: 5, endSeconds: 0 })
    const [running = '', next = ''] = await queued(2)
    const claim = await createAttemptStore({ redis, prefix }).claim({ id: running, dispatch: 1, token: 'token', workerId: 'worker' })
    if (!claim) throw new Error('stale')
    await redis.zpopmin(keysOf(prefix).prioritized(queueName('default')))
    await createAttemptWriter({ redis, prefix, claim }).progress({ phase: 'train', phaseFraction: 0.5, epoch: 6, step: 0 })
    const { progress } = await store().get(running)
    expect(progress).toMatchObject({ secondsPerEpoch: 5, etaSeconds: 25 })
    await worker([running])
    expect((await store().get(next)).startsInSeconds).toBeCloseTo(25, 0)
  })

  test('without a worker it is not known; what is not queued has no place', async () => {
    const [id = ''] = await queued(1)
    expect(await store().get(id)).toMatchObject({ queuePosition: 1, startsInSeconds: null, progress: { etaSeconds: null } })
    expect(await store().cancel(id)).toMatchObject({ queuePosition: null, startsInSeconds: null, progress: { etaSeconds: null } })
  })

  test('a run that completes is learned from; one that was resumed is not', async () => {
    for (const [resumedFromEpoch, learns] of [
      [0, true],
      [1, false],
    ] as const) {
      const { id } = (await store().create(newExperiment({ epochs: 2, imageSize: learns ? 8 : 16 }))).experiment
      const claim = await createAttemptStore({ redis, prefix }).claim({ id, dispatch: 1, token: 'token', workerId: 'worker' })
      if (!claim) throw new Error('stale')
      const writer = createAttemptWriter({ redis, prefix, claim })
      await writer.started({ engine: { name: '', version: '', device: '', threads: 1 }, datasetHash: '', resumedFromEpoch })
      for (const epoch of [1, 2]) await writer.epoch(epochResult(epoch, { seconds: 7 }))
      expect(await writer.complete()).toBe('ok')
      const { epochSeconds } = await createDurationEstimates({ redis, prefix }).of(estimateCost(claim.experiment.config), here)
      if (learns) expect(epochSeconds).toBeCloseTo(7)
      expect((await redis.keys(`${prefix}:durations:*`)).length).toBe(2)
    }
  })
})

test('secondsLeft() — all of it, and what is left when a part is done', () => {
  const pace = { setUpSeconds: 3, epochSeconds: 2, endSeconds: 1 }
  expect(secondsLeft(pace, { epochs: 10, done: 0 })).toBe(24)
  expect(secondsLeft({ ...pace, setUpSeconds: 0 }, { epochs: 10, done: 0.5 })).toBe(11)
})
