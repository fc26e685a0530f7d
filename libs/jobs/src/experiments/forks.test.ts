import { describe, expect, test } from 'vitest'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'
import { testLayers } from '@trainyard/testing/experiments/test-layers'

const own = ownJobs()
const start = { kind: 'checkpoint', token: 't', file: 'f', epoch: 2, sha256: 's', bytes: 1, configHash: 'h', keepMomentum: true } as const

/** One with three epochs, running. */
async function parent() {
  const { create, begin } = own.jobs
  const id = await create()
  const writer = await begin(id)
  for (const epoch of [1, 2, 3]) {
    await writer.epoch(epochResult(epoch, { loss: 1 + epoch / 7 }))
    await writer.layers(testLayers(epoch))
    await writer.batches({ epoch, firstStep: 1, losses: new Float32Array(16).fill(epoch) })
  }
  return { id, writer }
}

describe('a fork', () => {
  test('has its parent’s epochs up to where it begins, digit for digit, and its own after them', async () => {
    const { store, begin } = own.jobs
    const { id } = await parent()
    const { experiment } = await store.create({ ...newExperiment({ epochs: 5 }), parent: { id, epoch: 2 }, start })
    expect(experiment).toMatchObject({
      state: 'queued',
      reason: 'forked',
      parent: { id, epoch: 2 },
      latest: { epoch: 2, attempt: 0 },
      best: null,
    })
    const writer = await begin(experiment.id)
    await writer.epoch(epochResult(3, { loss: 9 }))
    const [theirs, ours] = [await store.epochs(id), await store.epochs(experiment.id)]
    expect(ours.slice(0, 2)).toEqual(theirs.slice(0, 2).map((epoch) => ({ ...epoch, attempt: 0 })))
    expect(ours[2]).toMatchObject({ epoch: 3, loss: 9, attempt: 1 })
    expect(await store.get(experiment.id)).toMatchObject({ best: { epoch: 3 } }) // worse than its parent's, and still its own best
  })

  test('counts its own steps and layers from its first epoch on', async () => {
    const { store, begin } = own.jobs
    const { id } = await parent()
    const fork = (await store.create({ ...newExperiment({ epochs: 5, batchSize: 32 }), parent: { id, epoch: 2 }, start })).experiment.id
    const writer = await begin(fork)
    await writer.epoch(epochResult(3))
    await writer.layers(testLayers(3))
    await writer.batches({ epoch: 3, firstStep: 1, losses: Float32Array.from({ length: 32 }, (_, i) => i) })
    expect((await store.batches(fork)).map(({ epoch, step, loss }) => [epoch, step, loss])).toEqual(
      Array.from({ length: 32 }, (_, i) => [3, i + 1, i]),
    )
    expect(await store.batches(fork, 2)).toEqual([])
    expect(await store.batches(fork, 3)).toHaveLength(32)
    expect(new Set((await store.layers(fork)).map(({ epoch }) => epoch))).toEqual(new Set([3]))
    expect(await store.layers(fork, 2)).toEqual([])
    expect(await store.layers(fork, 3)).toEqual(await store.layers(fork))
  })

  test('its claim has its initial checkpoint', async () => {
    const { store, claim } = own.jobs
    const { id } = await parent()
    const fork = (await store.create({ ...newExperiment({ epochs: 5 }), parent: { id, epoch: 2 }, start })).experiment.id
    expect(await claim(fork)).toMatchObject({ start, checkpoints: [] })
    expect(await store.orphanedArtifacts.starts()).toEqual(new Map([['t', fork]]))
    await store.orphanedArtifacts.removeStart('t')
    expect(await store.orphanedArtifacts.starts()).toEqual(new Map())
  })

  test('of a parent that is gone is refused, and nothing is written', async () => {
    const { store } = own.jobs
    const { id, writer } = await parent()
    await writer.complete()
    await store.remove(id)
    const fork = store.create({ ...newExperiment({ epochs: 5 }), parent: { id, epoch: 2 }, start })
    await expect(fork).rejects.toMatchObject({ code: 'NOT_RETAINED' })
    expect((await store.list({ pageSize: 9 })).items).toEqual([])
  })
})

describe('what is kept', () => {
  const file = (epoch: number) => ({ file: `${epoch}`, epoch, sha256: 's', bytes: 1 })

  test('the last two checkpoints while it runs, in the next claim newest first', async () => {
    const { store, create, begin, expireLease, claim } = own.jobs
    const id = await create()
    const writer = await begin(id)
    for (const epoch of [1, 2, 2, 3]) await writer.checkpoint(file(epoch))
    expect((await store.get(id)).forkPoints.map(({ epoch }) => epoch)).toEqual([3, 2])
    await expireLease(id)
    expect((await claim(id, 2))?.checkpoints).toEqual([file(3), file(2)])
  })

  test('one that an attempt could not use is removed, so that it is never the newest again', async () => {
    const { store, create, begin, expireLease } = own.jobs
    const id = await create()
    const first = await begin(id)
    for (const epoch of [1, 2]) await first.checkpoint(file(epoch))
    await expireLease(id)
    const second = await begin(id, 2)
    const engine = { name: 'native', version: '2', device: 'cpu', threads: 2 }
    await second.started({ engine, datasetHash: 'h', resumedFromEpoch: 1 })
    expect((await store.recordedFiles(id)).checkpoints).toEqual([file(1)])
    await second.checkpoint(file(2))
    expect((await store.recordedFiles(id)).checkpoints).toEqual([file(2), file(1)])
  })

  test.each([
    ['completed', 'best', []],
    ['failed', 'best', [3]],
    ['canceled', 'final', [3]],
    ['failed', 'none', []],
  ] as const)('of a %s one with keepModel %s — checkpoints %j', async (state, keepModel, epochs) => {
    const { store, create, begin } = own.jobs
    const id = await create({ keepModel })
    const writer = await begin(id)
    for (const epoch of [1, 2, 3]) await writer.checkpoint(file(epoch))
    if (state === 'completed') await writer.complete()
    if (state === 'failed') await writer.fail({ class: 'user', code: 'LOSS_DIVERGED', message: 'NaN', advice: 'Lower lr' })
    if (state === 'canceled') {
      await store.cancel(id)
      await writer.canceled()
    }
    expect((await store.recordedFiles(id)).checkpoints.map(({ epoch }) => epoch)).toEqual(epochs)
    await store.orphanedArtifacts.clearRetained(id)
    expect((await store.get(id)).forkPoints).toEqual([])
  })
})
