import { createHash } from 'node:crypto'
import type { ArchivedResults } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { testLayers } from '@trainyard/testing/experiments/test-layers'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'
import { createExperimentStore } from './experiment-store.ts'
import { createResultArchiver, type ResultArchive } from './result-archive.ts'

const own = ownJobs()

function archiveInMemory() {
  const files = new Map<string, ArchivedResults>()
  const archive: ResultArchive = {
    write: async (id, results) => void files.set(id, results),
    read: async (id) => files.get(id) ?? null,
    remove: async (id) => void files.delete(id),
  }
  return { files, archive }
}

/** All digits of a real result, so that it takes as much room. */
function resultOf(epoch: number) {
  const digits = createHash('sha256').update(String(epoch)).digest()
  const fraction = (place: number): number => digits.readUInt32BE(place) / 2 ** 32 + digits.readUInt32BE(place + 4) / 2 ** 64
  const weightsHash = digits.toString('hex').slice(0, 16)
  const values = { loss: 4 * fraction(0), evalAccuracy: Math.floor(1020 * fraction(8)) / 1020, seconds: fraction(16), weightsHash }
  return { ...epochResult(epoch, values), accuracy: Math.floor(1020 * fraction(12)) / 1020, evalLoss: 4 * fraction(20) }
}

/** An experiment of this many epochs with all that one can have, complete. */
async function wholeRun(epochs: number): Promise<string> {
  const { begin, create } = own.jobs
  const id = await create({ epochs, depth: 3 })
  const writer = await begin(id)
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const losses = Float32Array.from({ length: 16 }, (_, i) => 4.6 - (16 * epoch + i) / 1e4)
    await writer.batches({ epoch, firstStep: 1, losses })
    await writer.epoch(
      resultOf(epoch),
      ['0', '1', '2', '3'].map((layer) => layer.repeat(16)),
    )
    await writer.layers(testLayers(epoch))
    await writer.log({ level: 'info', message: `epoch ${epoch}`, number: epoch })
  }
  await writer.complete()
  return id
}

const everything = async (id: string, { store } = own.jobs) => ({
  epochs: await store.epochs(id),
  batches: await store.batches(id),
  second: await store.batches(id, 2),
  layers: await store.layers(id),
  secondLayers: await store.layers(id, 2),
  logs: await store.logs(id),
})

test('results of ended experiments move out of Redis, and read as before', async () => {
  const { redis, prefix } = own.jobs
  const { archive, files } = archiveInMemory()
  const store = createExperimentStore({ redis, prefix, archive })
  const id = await wholeRun(3)
  const before = await everything(id)
  const running = await own.jobs.create()
  await own.jobs.begin(running)
  await createResultArchiver({ redis, prefix, archive, archiveDelayMs: 3_600_000 })()
  expect(files.size).toBe(0)
  const sweep = createResultArchiver({ redis, prefix, archive, archiveDelayMs: 0 })
  await Promise.all([sweep(), sweep()])
  await sweep()
  expect([...files.keys()]).toEqual([id])
  expect((await redis.keys(`${prefix}:experiment:${id}:*`)).toSorted()).toEqual(
    [':events', ':packed'].map((part) => `${prefix}:experiment:${id}${part}`),
  )
  expect(await everything(id, { ...own.jobs, store })).toEqual(before)
})

test('of an experiment of 100 epochs less than 12 kB stay', async () => {
  const { redis, prefix } = own.jobs
  const id = await wholeRun(100)
  await createResultArchiver({ redis, prefix, archive: archiveInMemory().archive, archiveDelayMs: 0 })()
  await redis.unlink(`${prefix}:experiment:${id}:events`) // an hour later
  const left = await redis.keys(`${prefix}:experiment:${id}*`)
  const bytes = await Promise.all(left.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)))
  const total = bytes.reduce((sum: number, each) => sum + Number(each), 0)
  expect(total).toBeGreaterThan(1000)
  expect(total).toBeLessThan(12_000)
})

test('one that is deleted while it is moved leaves no file', async () => {
  const { redis, prefix, store } = own.jobs
  const { archive, files } = archiveInMemory()
  const id = await wholeRun(1)
  const write = async (each: string, results: ArchivedResults): Promise<void> => {
    await archive.write(each, results)
    await store.remove(id)
  }
  await createResultArchiver({ redis, prefix, archive: { ...archive, write }, archiveDelayMs: 0 })()
  expect(files.size).toBe(0)
  expect(await redis.keys(`${prefix}:experiment:${id}*`)).toEqual([])
})

test('a replay of one that was moved still names the layer that differs', async () => {
  const { redis, prefix, begin } = own.jobs
  const { archive } = archiveInMemory()
  const store = createExperimentStore({ redis, prefix, archive })
  const id = await wholeRun(2)
  await createResultArchiver({ redis, prefix, archive, archiveDelayMs: 0 })()
  const original = await store.get(id)
  const input = { ...newExperiment({ epochs: 2, depth: 3 }), parent: { id, epoch: 0 }, replayOf: id }
  const replay = (await store.create(input)).experiment.id
  const writer = await begin(replay)
  const other = { ...resultOf(1), weightsHash: 'f'.repeat(16) }
  await writer.epoch(
    other,
    ['0', '1', 'f', 'f'].map((layer) => layer.repeat(16)),
  )
  expect((await store.get(replay)).replay).toEqual({ of: original.id, comparedEpochs: 1, difference: { epoch: 1, layer: 3 } })
  await writer.complete()
  expect(await redis.exists(`${prefix}:experiment:${replay}:expected`)).toBe(0)
})
