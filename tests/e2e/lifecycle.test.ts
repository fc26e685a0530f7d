import { createClient } from '@trainyard/client'
import type { Epoch, Experiment } from '@trainyard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { poll } from '@trainyard/testing/inputs/poll'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'

const config = { dataset: 'synthetic-flowers', imageSize: 16, depth: 2, width: 64, norm: 'batch', lr: 0.01, epochs: 200 } as const

let service: Service
let original: Experiment
beforeAll(async () => {
  service = await startService()
  original = await ended((await createClient({ baseUrl: service.url }).experiments.submit(config)).id)
}, 200_000)
afterAll(() => stopAndRemove(service))

const client = () => createClient({ baseUrl: service.url })
const numbersOf = ({ seconds: _seconds, at: _at, attempt: _attempt, ...numbers }: Epoch) => numbers

function reaches(id: string, fits: (experiment: Experiment) => boolean): Promise<Experiment> {
  return poll(
    async () => {
      const experiment = await client().experiments.get(id)
      if (!fits(experiment)) throw new Error(`still ${experiment.state} at epoch ${experiment.latest?.epoch}`)
      return experiment
    },
    { timeoutMs: 120_000 },
  )
}

const ended = (id: string): Promise<Experiment> => reaches(id, ({ finishedAt }) => finishedAt !== null)

test('replay — every epoch equal, bit for bit, said in a sentence', async () => {
  const { stdout } = await service.cli('replay', original.id)
  expect(stdout).toContain(`all ${config.epochs} epochs equal those of ${original.id}, bit for bit (weights and losses)`)
  expect((await client().experiments.get('latest')).replay).toEqual({ of: original.id, comparedEpochs: config.epochs, difference: null })
})

test('a run that was paused, and moved up in the queue, goes on as one that was left alone', async () => {
  const { id } = await client().experiments.submit({ ...config, epochs: 10_000 }) // still running when it is paused
  for await (const { event } of client().experiments.events(id)) if (event.type === 'epoch' && event.data.epoch === 5) break
  await client().experiments.pause(id)
  const paused = await reaches(id, ({ state }) => state === 'paused')
  const epoch = paused.latest?.epoch ?? 0
  expect(paused.forkPoints[0]).toEqual({ epoch, kind: 'checkpoint' })
  expect((await client().experiments.patch(id, { priority: 5 })).priority).toBe(5)
  await client().experiments.resume(id)
  await reaches(id, ({ latest }) => (latest?.epoch ?? 0) > epoch + 5)
  await client().experiments.cancel(id)
  const { attempts } = await ended(id)
  expect(attempts).toMatchObject([{ outcome: 'paused' }, { outcome: 'canceled', resumedFromEpoch: epoch, repeated: null }])
  // as long as both go
  const [left, right] = await Promise.all([client().experiments.epochs(original.id), client().experiments.epochs(id)])
  const count = Math.min(left.items.length, right.items.length)
  expect(count).toBeGreaterThan(5)
  expect(right.items.slice(0, count).map(numbersOf)).toEqual(left.items.slice(0, count).map(numbersOf))
})

test('fork — of a kept model and of a checkpoint, with other settings, each with its parent’s epochs before its own', async () => {
  const [kept] = original.forkPoints
  if (!kept) throw new Error('the model has no fork point')
  const ofModel = await ended((await client().experiments.fork(original.id, { changes: { lr: 0.001, epochs: kept.epoch + 3 } })).id)
  expect(ofModel).toMatchObject({
    state: 'completed',
    parent: { id: original.id, epoch: kept.epoch },
    attempts: [{ resumedFromEpoch: kept.epoch }],
  })
  expect((await client().experiments.epochs(ofModel.id)).items.map(({ attempt }) => attempt)).toEqual([
    ...Array(kept.epoch).fill(0),
    1,
    1,
    1,
  ])
  expect((await client().experiments.layers(ofModel.id)).items.map(({ epoch }) => epoch)).not.toContain(kept.epoch)

  const stopped = await client().experiments.submit({ ...config, epochs: 10_000 })
  for await (const { event } of client().experiments.events(stopped.id)) if (event.type === 'epoch' && event.data.epoch === 5) break
  await client().experiments.pause(stopped.id)
  await reaches(stopped.id, ({ state }) => state === 'paused')
  await client().experiments.cancel(stopped.id)
  const { epoch = 0 } = (await client().experiments.get(stopped.id)).forkPoints[0] ?? {}
  // the same settings and the momentum with it: the fork is what its parent would have become
  const same = await ended((await client().experiments.fork(stopped.id, { changes: { epochs: epoch + 2 } })).id)
  const [ours, theirs] = await Promise.all([client().experiments.epochs(same.id), client().experiments.epochs(original.id)])
  expect(same.state).toBe('completed')
  expect(ours.items.slice(0, config.epochs).map(numbersOf)).toEqual(theirs.items.slice(0, ours.items.length).map(numbersOf))
})

test('delete and gc — what is gone leaves nothing on the disk', async () => {
  const { id } = await ended((await client().experiments.submit({ ...config, epochs: 3 })).id)
  await client().experiments.remove(id)
  await expect(client().experiments.get(id)).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' })
  expect(await client().artifacts.collectGarbage()).toMatchObject({ removed: { deleted: { files: 0 } }, fits: true })
})

test('drain — the worker requeues what it runs and exits; npm start reports it, and does not restart it', async () => {
  const { id } = await client().experiments.submit({ ...config, epochs: 10_000 })
  for await (const { event } of client().experiments.events(id)) if (event.type === 'epoch') break
  const [worker] = (await client().workers.list()).items
  const { stdout } = await service.cli('drain', worker?.id ?? '')
  expect(stdout).toContain(`it requeues ${id}`)
  await poll(async () => expect(service.printed()).toContain('The worker was drained and has exited'), { timeoutMs: 60_000 })
  expect(await client().experiments.get(id)).toMatchObject({ state: 'queued', reason: 'drained' })
  expect((await client().workers.list()).items).toEqual([])
})
