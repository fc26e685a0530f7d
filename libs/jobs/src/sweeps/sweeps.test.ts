import { CONFIG_VERSION, type EarlyStop, SweepRequest } from '@trainyard/contracts'
import { describe, expect, test } from 'vitest'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'
import { createTrialCreator } from './trial-creator.ts'
import { createSweepStore } from './sweep-store.ts'

const own = ownJobs()
const sweeps = () => createSweepStore(own.jobs)
const maker = () => createTrialCreator(own.jobs)

interface TestSweep {
  trials: number
  epochs?: number
  asha?: { minEpochs: number; reductionFactor: number }
  maxConcurrent?: number
  objective?: 'evalAccuracy' | 'loss'
}

async function createSweep({ trials, epochs = 9, asha, maxConcurrent = 1000, objective = 'evalAccuracy' }: TestSweep) {
  const request = SweepRequest.parse({
    strategy: asha ? 'asha' : 'random',
    space: { lr: { values: [1] } },
    maxConcurrent,
    ...(asha && { asha }),
  })
  const planned = Array.from({ length: trials }, (_, i) => ({
    fields: { seed: i },
    experiment: newExperiment({ epochs, seed: i, name: `trial ${i + 1}` }),
  }))
  return (await sweeps().create({ request, objective, owner: null, trials: planned })).sweep.id
}

async function createTrials(options: TestSweep): Promise<{ sweep: string; ids: string[] }> {
  const sweep = await createSweep(options)
  await maker()()
  const { items } = await sweeps().find(sweep)
  return { sweep, ids: items.map(({ experimentId }) => experimentId ?? '') }
}

describe('a sweep', () => {
  test('becomes experiments, each once, however many make them and wherever they are interrupted', async () => {
    const { redis, prefix, store } = own.jobs
    const id = await createSweep({ trials: 9 })
    expect(await sweeps().find(id)).toMatchObject({ trials: 9, created: 0, state: 'running' })
    let calls = 0
    const create: typeof store.create = async (...input) => {
      if (++calls === 4) throw new Error('killed')
      return store.create(...input)
    }
    await expect(createTrialCreator({ redis, prefix, store: { create } })()).rejects.toThrow('killed')
    expect(await sweeps().find(id)).toMatchObject({ created: 3 })
    await Promise.all([maker()(), maker()(), maker()()])
    const sweep = await sweeps().find(id)
    expect(sweep).toMatchObject({ created: 9, items: sweep.items.map((_, i) => ({ trial: i + 1, fields: { seed: i }, state: 'queued' })) })
    const all = await store.list({ pageSize: 100 })
    expect(all.items).toHaveLength(9)
    expect(all.items.map(({ sweep: of }) => of)).toEqual(Array.from({ length: 9 }, (_, i) => ({ id, trial: 9 - i })))
    expect(await redis.exists(`${prefix}:sweep:${id}:plan`)).toBe(0)
  })

  test('of a newer API is made by an older worker, too — into the newer version’s queue, which only newer workers read', async () => {
    const { redis, prefix } = own.jobs
    const id = await createSweep({ trials: 1 })
    const planned = JSON.parse((await redis.lindex(`${prefix}:sweep:${id}:plan`, 0)) ?? '')
    expect(planned.configVersion).toBe(CONFIG_VERSION)
    await redis.lset(`${prefix}:sweep:${id}:plan`, 0, JSON.stringify({ ...planned, configVersion: CONFIG_VERSION + 1 }))
    await maker()()
    const [{ experimentId } = { experimentId: null }] = (await sweeps().find(id)).items
    expect(await redis.hget(`${prefix}:experiment:${experimentId}`, 'queue')).toBe(`run-v${CONFIG_VERSION + 1}-default`)
  })

  test('runs as many trials at once as it may, and is completed when all have ended', async () => {
    const { store, claim, begin } = own.jobs
    const { sweep, ids } = await createTrials({ trials: 3, maxConcurrent: 1 })
    const [first = '', second = '', third = ''] = ids
    const writer = await begin(first)
    expect(await claim(second)).toBeNull()
    expect(await store.get(second)).toMatchObject({ throttledBy: 'sweep' })
    await writer.complete()
    await (await begin(second, 2)).complete()
    await store.cancel(third)
    const found = await sweeps().find(sweep)
    expect(found).toMatchObject({ state: 'completed', ended: 3, finishedAt: expect.any(String) })
    const times = await Promise.all(ids.map(async (id) => (await store.get(id)).finishedAt))
    expect(found.items.map(({ finishedAt }) => finishedAt)).toEqual(times)
    expect(times).not.toContain(null)
    await expect(sweeps().cancel(sweep)).rejects.toMatchObject({ code: 'WRONG_STATE' })
  })

  test('cancel ends its trials, and no more are made', async () => {
    const { store, begin } = own.jobs
    const { sweep, ids } = await createTrials({ trials: 3 })
    await begin(ids[0] ?? '')
    const pending = await createSweep({ trials: 2 })
    expect(await sweeps().cancel(sweep)).toMatchObject({
      state: 'canceled',
      items: [{ state: 'canceling' }, { state: 'canceled' }, { state: 'canceled' }],
    })
    await sweeps().cancel(pending)
    await maker()()
    expect((await store.list({ pageSize: 10 })).items).toHaveLength(3)
    expect(await sweeps().cancel(sweep)).toMatchObject({ state: 'canceled' })
  })

  test('the same idempotency key and body make one; another body is refused; lists page', async () => {
    const request = SweepRequest.parse({ space: { lr: { values: [1] } } })
    const input = { request, objective: 'loss' as const, owner: 'ann', trials: [{ fields: {}, experiment: newExperiment() }] }
    const [a, b] = await Promise.all(['x', 'x'].map((bodyHash) => sweeps().create(input, { key: 'k', bodyHash })))
    expect(a?.replayed).not.toBe(b?.replayed)
    expect(a?.sweep.id).toBe(b?.sweep.id)
    await expect(sweeps().create(input, { key: 'k', bodyHash: 'y' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    const other = (await sweeps().create(input)).sweep.id
    const page = await sweeps().list({ pageSize: 1 })
    expect(page.items).toMatchObject([{ id: other, owner: 'ann' }])
    expect((await sweeps().list({ pageSize: 1, pageToken: page.nextPageToken ?? '' })).items).toMatchObject([{ id: a?.sweep.id }])
    await expect(sweeps().find('nosuch')).rejects.toMatchObject({ code: 'SWEEP_NOT_FOUND' })
  })
})

/** The rule as one reads it in the paper, for one rung and values in the order of their arrival. */
function decisions(values: readonly number[], reductionFactor: number): boolean[] {
  return values.map((value, i) => {
    const reached = values.slice(0, i + 1)
    const best = Math.max(1, Math.floor(reached.length / reductionFactor))
    const better = reached.filter((each) => each > value).length
    return reached.length >= reductionFactor && better >= best
  })
}

describe('asynchronous successive halving', () => {
  test('stops at each rung exactly what the paper’s rule stops, in the order of arrival', async () => {
    const { store, begin } = own.jobs
    const { sweep, ids } = await createTrials({ trials: 12, epochs: 9, asha: { minEpochs: 1, reductionFactor: 3 } })
    const accuracy = (trial: number, epoch: number): number => ((trial * 7919 + epoch * 104_729) % 1009) / 1009
    let running = await Promise.all(ids.map(async (id, trial) => ({ id, trial, writer: await begin(id) })))
    for (let epoch = 1; epoch <= 9; epoch++) {
      const before = running
      for (const { writer, trial } of before) await writer.epoch(epochResult(epoch, { evalAccuracy: accuracy(trial, epoch) }))
      const stopped = await Promise.all(
        before.map(async ({ id }) => (await sweeps().find(sweep)).items.find((each) => each.experimentId === id)?.stopped ?? null),
      )
      const wanted =
        epoch === 1 || epoch === 3
          ? decisions(
              before.map(({ trial }) => accuracy(trial, epoch)),
              3,
            )
          : before.map(() => false)
      expect(stopped.map((stop) => stop?.epoch === epoch)).toEqual(wanted)
      for (const [i, { writer }] of before.entries()) if (wanted[i]) expect(await writer.stopped()).toBe('ok')
      running = before.filter((_, i) => !wanted[i])
    }
    expect(running.length).toBeGreaterThan(0)
    expect(running.length).toBeLessThan(12)
    for (const { writer } of running) await writer.complete()
    const ended = await sweeps().find(sweep)
    expect(ended.state).toBe('completed')
    for (const { reason, stopped, state } of ended.items)
      expect({ state, reason }).toEqual({ state: 'completed', reason: stopped ? 'stopped_early' : 'finished' })
    const counted = ended.items.flatMap(({ stopped }) => (stopped ? [9 - stopped.epoch] : []))
    expect(ended.epochsSaved).toBe(counted.reduce((sum, each) => sum + each, 0))
    expect((await store.epochs(ids[0] ?? '')).length).toBeGreaterThan(0)
  })

  /** Three of which the last is stopped at its first epoch. */
  async function withStopped() {
    const { begin } = own.jobs
    const { sweep, ids } = await createTrials({ trials: 3, epochs: 9, asha: { minEpochs: 1, reductionFactor: 3 }, objective: 'loss' })
    const writers = await Promise.all(ids.map((id) => begin(id)))
    for (const [i, writer] of writers.entries()) await writer.epoch(epochResult(1, { loss: i }))
    const [id = '', writer] = [ids[2], writers[2]]
    if (!writer) throw new Error('three were made')
    return { sweep, id, writer }
  }
  const stop: EarlyStop = { epoch: 1, value: 2, place: 3, of: 3, best: 1 }

  test('what a stopped trial still computes is not recorded, its lease says so, and it is completed even when its worker is lost', async () => {
    const { store, attempts, expireLease } = own.jobs
    const { sweep, id, writer } = await withStopped()
    expect((await sweeps().find(sweep)).items[2]?.stopped).toEqual(stop)
    expect(await attempts.renew([{ id, token: writer.token }])).toEqual(['stop'])
    expect(await writer.epoch(epochResult(2, { loss: 0 }))).toBe('ok')
    expect(await writer.checkpoint({ file: 'late', epoch: 2, sha256: 'a', bytes: 1 })).toBe('ok')
    expect(await store.get(id)).toMatchObject({ latest: { epoch: 1 }, forkPoints: [] })
    await expireLease(id)
    expect(await store.get(id)).toMatchObject({ state: 'completed', reason: 'stopped_early', attempts: [{ outcome: 'worker_lost' }] })
  })

  test('a cancel wins over a stop, a stop over a drain', async () => {
    const { store } = own.jobs
    const canceled = await withStopped()
    await store.cancel(canceled.id)
    await canceled.writer.stopped()
    expect((await store.get(canceled.id)).state).toBe('canceled')
    const drained = await withStopped()
    await drained.writer.requeue({ reason: 'drained' })
    expect(await store.get(drained.id)).toMatchObject({ state: 'completed', reason: 'stopped_early' })
  })

  test('an epoch that is written twice, or repeated after a crash, counts once', async () => {
    const { begin, expireLease, redis, prefix } = own.jobs
    const { sweep, ids } = await createTrials({ trials: 3, epochs: 9, asha: { minEpochs: 1, reductionFactor: 3 } })
    const [first = ''] = ids
    const writer = await begin(first)
    for (let i = 0; i < 3; i++) await writer.epoch(epochResult(1, { evalAccuracy: 0.5 }))
    await expireLease(first)
    const again = await begin(first, 2)
    await again.epoch(epochResult(1, { evalAccuracy: 0.5 }))
    expect(await redis.zcard(`${prefix}:sweep:${sweep}:rung:1`)).toBe(1)
    expect((await sweeps().find(sweep)).items[0]?.stopped).toBeNull()
  })

  test('NaN comes last', async () => {
    const { begin } = own.jobs
    const { sweep, ids } = await createTrials({ trials: 3, epochs: 9, asha: { minEpochs: 1, reductionFactor: 3 }, objective: 'loss' })
    const losses = [5, 4, NaN]
    for (const [i, id] of ids.entries()) {
      const loss = losses[i] ?? NaN
      await (await begin(id)).epoch({ ...epochResult(1), loss: Number.isNaN(loss) ? 'NaN' : loss })
    }
    expect((await sweeps().find(sweep)).items.map(({ stopped }) => stopped?.place ?? null)).toEqual([null, null, 3])
  })
})
