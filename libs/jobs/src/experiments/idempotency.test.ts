import { describe, expect, test } from 'vitest'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'

const own = ownJobs()
const hash = (value: number): string => value.toString(16).padStart(16, '0')
const result = (epoch: number, changed: { weights?: number; loss?: number } = {}) =>
  epochResult(epoch, { weightsHash: hash(changed.weights ?? epoch), loss: changed.loss ?? 1 / epoch })
const layers = (epoch: number) => [1, 2, 3].map((layer) => hash(100 * epoch + layer))

describe('epochs that an attempt repeats', () => {
  async function interrupted() {
    const { create, begin, expireLease } = own.jobs
    const id = await create({ epochs: 9 })
    const first = await begin(id)
    for (const epoch of [1, 2, 3, 4]) await first.epoch(result(epoch), layers(epoch))
    await expireLease(id)
    return { id, second: await begin(id, 2) }
  }

  test('that match are recorded in the attempt, however often they are written', async () => {
    const { id, second } = await interrupted()
    for (const epoch of [3, 3, 4, 3, 4, 5]) await second.epoch(result(epoch), layers(epoch))
    const { attempts } = await own.jobs.store.get(id)
    expect(attempts.map(({ repeated }) => repeated)).toEqual([null, { firstEpoch: 3, lastEpoch: 4, matched: true }])
  })

  test.each([{ weights: 77 }, { loss: 0.7 }])('one that differs in %j replaces the point, and is recorded', async (changed) => {
    const { id, second } = await interrupted()
    await second.epoch(result(3, changed), layers(3))
    await second.epoch(result(4), layers(4))
    const { attempts } = await own.jobs.store.get(id)
    expect(attempts[1]?.repeated).toEqual({ firstEpoch: 3, lastEpoch: 4, matched: false })
    expect((await own.jobs.store.epochs(id))[2]).toMatchObject({ attempt: 2, ...result(3, changed) })
  })
})

describe('a replay', () => {
  async function replayed() {
    const { store, create, begin } = own.jobs
    const original = await create()
    const writer = await begin(original)
    for (const epoch of [1, 2, 3]) await writer.epoch(result(epoch), layers(epoch))
    await writer.complete()
    const { experiment } = await store.create({ ...newExperiment(), parent: { id: original, epoch: 0 }, replayOf: original })
    expect(experiment).toMatchObject({ reason: 'submitted', replay: { of: original, comparedEpochs: 0, difference: null } })
    return { original, id: experiment.id, writer: await begin(experiment.id) }
  }

  test('that is equal says how many epochs were compared', async () => {
    const { id, original, writer } = await replayed()
    for (const epoch of [1, 2, 2, 3]) await writer.epoch(result(epoch), layers(epoch))
    expect((await own.jobs.store.get(id)).replay).toEqual({ of: original, comparedEpochs: 3, difference: null })
  })

  test('that differs names the first epoch and the first layer', async () => {
    const { id, original, writer } = await replayed()
    await writer.epoch(result(1), layers(1))
    await writer.epoch(result(2, { weights: 99 }), layers(2).with(1, hash(5)).with(2, hash(6)))
    await writer.epoch(result(3, { weights: 98 }), layers(3).with(0, hash(5)))
    expect((await own.jobs.store.get(id)).replay).toEqual({ of: original, comparedEpochs: 3, difference: { epoch: 2, layer: 2 } })
  })

  test('in which only a loss differs names no layer', async () => {
    const { id, writer } = await replayed()
    await writer.epoch(result(1, { loss: 0.5 }), layers(1))
    expect((await own.jobs.store.get(id)).replay?.difference).toEqual({ epoch: 1, layer: null })
  })
})
