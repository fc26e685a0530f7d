import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { openArtifacts } from '@trainyard/artifacts'
import { createWorkerRegistry } from '@trainyard/jobs'
import { describe, expect, test } from 'vitest'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { poll } from '@trainyard/testing/inputs/poll'
import { testWorkers, WITHIN } from './test-workers.ts'

const workers = testWorkers()
const registered = async () => (await createWorkerRegistry({ redis: workers.own.redis }).list())[0]

describe('pause', () => {
  test('a running one leaves after its epoch with a checkpoint, the slot takes the next, and it goes on elsewhere', async () => {
    const { create, start, store, enters, runsPast, expectWhole, filesOf } = workers.own
    const worker = await start()
    const id = await create({ epochs: 60, maxRetries: 0 })
    await runsPast(id, 3)
    await store.pause(id)
    const { latest, forkPoints } = await enters(id, 'paused')
    expect(forkPoints[0]).toEqual({ epoch: latest?.epoch, kind: 'checkpoint' })
    expect(await filesOf('checkpoints', id)).toHaveLength(2)
    await enters(await create({ epochs: 3 }), 'completed')
    await worker.drain()
    await start()
    await store.resume(id)
    const { attempts } = await enters(id, 'completed')
    expect(attempts).toMatchObject([{ outcome: 'paused' }, { outcome: 'completed', resumedFromEpoch: latest?.epoch, repeated: null }])
    await expectWhole(id, 60)
  })

  test('a cancel overtakes it', async () => {
    const { create, start, store, enters, runsPast } = workers.own
    await start({ script: 'deaf' })
    const id = await create({ epochs: 100_00 })
    await runsPast(id, 2)
    await store.pause(id)
    await store.cancel(id)
    expect((await enters(id, 'canceled')).transitions.map(({ state }) => state)).toEqual([
      ...['queued', 'running', 'pausing', 'canceling', 'canceled'],
    ])
  })

  test('a drain while it waits for the epoch’s end — paused, not queued', async () => {
    const { create, start, store, runsPast } = workers.own
    const worker = await start()
    const id = await create({ epochs: 10_000 })
    await runsPast(id, 2)
    await store.pause(id)
    await worker.drain()
    expect((await store.get(id)).state).toBe('paused')
  })
})

test('a worker drains as soon as that is requested', async () => {
  const { start, redis, store, create, runsPast } = workers.own
  const worker = await start()
  const id = await create({ epochs: 10_000 })
  await runsPast(id, 1)
  await createWorkerRegistry({ redis }).drain('another')
  await createWorkerRegistry({ redis }).drain(worker.id)
  await worker.drainRequested
  await worker.drain()
  expect(await store.get(id)).toMatchObject({ state: 'queued', reason: 'drained' })
})

test('three experiments in a row that crash the trainer — the worker takes no more, and reports why', async () => {
  const { create, start, enters, store } = workers.own
  await start({ script: 'crash always' })
  for (let i = 0; i < 3; i++) await enters(await create({ epochs: 9, maxRetries: 0 }), 'failed')
  const unhealthyReason = await poll(async () => {
    const worker = await registered()
    if (!worker?.unhealthyReason) throw new Error(JSON.stringify(worker))
    return worker.unhealthyReason
  }, WITHIN)
  expect(unhealthyReason).toMatch(/crashed for 3 experiments in a row .*restart it/)
  const id = await create({ epochs: 1 })
  await start()
  await enters(id, 'completed')
  const [attempt] = (await store.get(id)).attempts
  expect(attempt?.outcome).toBe('completed') // by the other worker
})

test('a trainer that hangs is killed; its experiment is retried elsewhere', async () => {
  const { create, start, store, reaches } = workers.own
  await start({ script: 'hang', stallMs: 500 })
  const id = await create({ epochs: 9, maxRetries: 0, keepModel: 'none' })
  const { error } = await reaches(id, ({ state }) => state === 'failed')
  expect(error).toMatchObject({ class: 'infrastructure', code: 'TRAINER_STALLED' })
  expect((await store.get(id)).attempts).toHaveLength(1)
})

test('a trainer that has grown too large is replaced between experiments, one that stays as it is is not', async () => {
  const { create, start, enters } = workers.own
  const trainersAfter = async (experiments: number): Promise<number> => {
    const trainers = new Set<string | undefined>()
    for (let i = 0; i < experiments; i++) trainers.add((await enters(await create({ epochs: 1 }), 'completed')).engine?.device)
    return trainers.size
  }
  const steady = await start()
  expect(await trainersAfter(5)).toBe(1)
  await steady.drain()
  await start({ script: 'grow' }) // by a gigabyte with each run, and two are allowed
  expect(await trainersAfter(9)).toBe(3)
})

describe('files', () => {
  test('the last two checkpoints while it runs; of a canceled one the newest, of a completed one none', async () => {
    const { create, start, store, enters, runsPast, filesOf } = workers.own
    await start()
    const id = await create({ epochs: 10_000 })
    await runsPast(id, 5)
    await poll(async () => {
      const named = (await store.recordedFiles(id)).checkpoints.map(({ file }) => file)
      if (named.length !== 2) throw new Error(`${named.length} recorded`)
    }, WITHIN)
    await store.cancel(id)
    const { forkPoints } = await enters(id, 'canceled')
    expect(forkPoints).toHaveLength(1)
    await poll(async () => {
      const files = await filesOf('checkpoints', id)
      const named = (await store.recordedFiles(id)).checkpoints.map(({ file }) => file)
      expect(files).toEqual(named)
    }, WITHIN)
  })

  test('what a fork begins with is given to its trainer, and removed when it has ended', async () => {
    const { create, start, store, enters, runsPast, dataFolder, filesOf } = workers.own
    await start()
    const parent = await create({ epochs: 10_000 })
    await runsPast(parent, 5)
    await store.cancel(parent)
    await enters(parent, 'canceled')
    const [checkpoint] = (await store.recordedFiles(parent)).checkpoints
    if (!checkpoint) throw new Error('nothing is kept')
    const { checkpoints, initialCheckpoints } = openArtifacts(dataFolder)
    await initialCheckpoints.pin({ token: 'token', from: checkpoints.pathOf(parent, checkpoint.file) })
    const { experiment } = await store.create({
      ...newExperiment({ epochs: checkpoint.epoch + 4 }),
      parent: { id: parent, epoch: checkpoint.epoch },
      start: { kind: 'checkpoint', token: 'token', ...checkpoint, configHash: 'x', keepMomentum: true },
    })
    const { attempts } = await enters(experiment.id, 'completed')
    expect(attempts).toMatchObject([{ resumedFromEpoch: checkpoint.epoch }])
    expect((await store.epochs(experiment.id)).map(({ attempt }) => attempt)).toEqual([...Array(checkpoint.epoch).fill(0), 1, 1, 1, 1])
    await poll(async () => expect(await filesOf('starts')).toEqual([]), WITHIN)
  })

  test('of a deleted experiment go when a worker starts; what is unknown stays', async () => {
    const { create, start, store, enters, dataFolder, filesOf } = workers.own
    const worker = await start()
    const id = await create({ epochs: 3 })
    await enters(id, 'completed')
    await worker.drain()
    const { models, initialCheckpoints } = openArtifacts(dataFolder)
    await initialCheckpoints.pin({ token: 'young', from: models.pathOf(id, (await store.storedModel(id))?.folder ?? '') })
    await store.remove(id)
    await writeFile(path.join(dataFolder, 'models', 'zzzzzzzzzzzzzzzz'), 'of another service')
    await start()
    await poll(async () => expect(await filesOf('models')).toEqual(['zzzzzzzzzzzzzzzz']), WITHIN)
    expect(await filesOf('starts')).toEqual(['young'])
  })
})
