import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createWorkerRegistry } from '@trainyard/jobs'
import { expect, test } from 'vitest'
import { poll } from '@trainyard/testing/inputs/poll'
import { numbers, testWorkers, WITHIN } from './test-workers.ts'

const scriptedWorker = fileURLToPath(new URL('./test-scripted-worker.ts', import.meta.url))
const workers = testWorkers()

test('an experiment is run to its end, every epoch once, and leaves no checkpoint behind', async () => {
  const { create, start, enters, expectWhole, store, dataFolder } = workers.own
  await start()
  const id = await create({ epochs: 5 })
  const done = await enters(id, 'completed')
  await expectWhole(id, 5)
  await expectModelOf(id)
  expect((await store.layers(id)).map(({ epoch, layer }) => [epoch, layer])).toEqual(
    numbers(5).flatMap((epoch) => [1, 2].map((layer) => [epoch, layer])),
  )
  expect(done.transitions.map(({ state }) => state)).toEqual(['queued', 'running', 'completed'])
  expect(done).toMatchObject({ engine: { name: 'scripted' }, datasetHash: 'scripted', progress: { phase: 'done', fraction: 1 } })
  expect(await poll(() => expectEmpty(path.join(dataFolder, 'checkpoints')), WITHIN)).toBe(true)
})

async function expectEmpty(folder: string): Promise<boolean> {
  expect(await readdir(folder).catch(() => [])).toEqual([])
  return true
}

test('two slots run two experiments at a time, and all of a queue in the end', async () => {
  const { create, start, enters } = workers.own
  await start({ slots: 2 })
  const ids: string[] = []
  for (let i = 0; i < 6; i++) ids.push(await create({ epochs: 10 }))
  const done = await Promise.all(ids.map((id) => enters(id, 'completed')))
  const spans = done.map(({ startedAt, finishedAt }) => [Date.parse(startedAt ?? ''), Date.parse(finishedAt ?? '')] as const)
  const most = Math.max(...spans.map(([at]) => spans.filter(([from, to]) => from <= at && at < to).length))
  expect(most).toBe(2)
})

test('a trainer killed while it runs: the experiment resumes from its checkpoint and completes, every epoch once', async () => {
  const { create, start, enters, expectWhole } = workers.own
  await start({ script: 'crash' })
  const id = await create({ epochs: 5 })
  const { attempts } = await enters(id, 'completed')
  expect(attempts).toMatchObject([{ outcome: 'infrastructure_error' }, { outcome: 'completed', resumedFromEpoch: 2 }])
  await expectWhole(id, 5)
  expect(await poll(() => expectModelOf(id), WITHIN)).toBe(true)
})

test('a trainer whose pid cannot be written down, as on a full disk, still takes its place', async () => {
  const { create, start, enters, dataFolder } = workers.own
  await start({ script: 'crash' })
  await rm(path.join(dataFolder, 'trainers'), { recursive: true })
  const { attempts } = await enters(await create({ epochs: 5 }), 'completed')
  expect(attempts).toHaveLength(2)
})

/** The recorded model is there, and nothing else. */
async function expectModelOf(id: string): Promise<boolean> {
  const { store, dataFolder } = workers.own
  const stored = await store.storedModel(id)
  expect(await readdir(path.join(dataFolder, 'models', id))).toEqual([stored?.folder])
  expect(stored).toMatchObject({ kind: 'best', epoch: 5, bytes: 2 })
  return true
}

test('a failure of the user fails at once, with its advice', async () => {
  const { create, start, enters, dataFolder } = workers.own
  await start({ script: 'diverge' })
  const id = await create({ epochs: 5 })
  const failed = await enters(id, 'failed')
  expect(failed).toMatchObject({ reason: 'user_error', error: { code: 'LOSS_DIVERGED', advice: 'Lower lr' }, attempts: { length: 1 } })
  expect(failed.model).toBeNull()
  expect(await poll(() => expectEmpty(path.join(dataFolder, 'models')), WITHIN)).toBe(true)
})

test.each(['', 'deaf'])('a cancel ends a running experiment, and the slot takes the next one — trainer %j', async (script) => {
  const { create, start, enters, runsPast, store } = workers.own
  await start({ script })
  const id = await create({ epochs: 10_000 })
  await runsPast(id, 2)
  await store.cancel(id)
  const canceled = await enters(id, 'canceled')
  expect(canceled.attempts).toMatchObject([{ outcome: 'canceled' }])
  await enters(await create({ epochs: 3 }), 'completed')
})

test('the time limit ends an experiment that takes longer', async () => {
  const { create, start, enters } = workers.own
  await start()
  const id = await create({ epochs: 10_000, timeLimitSeconds: 1 })
  expect(await enters(id, 'failed')).toMatchObject({ reason: 'time_limit', error: { code: 'TIME_LIMIT' } })
})

test('a drained worker requeues what it runs; another one resumes it, and no retry is counted', async () => {
  const { create, start, enters, runsPast, expectWhole, store, redis } = workers.own
  const worker = await start()
  const id = await create({ epochs: 100, maxRetries: 0 })
  await runsPast(id, 3)
  await worker.drain()
  expect(await store.get(id)).toMatchObject({ state: 'queued', reason: 'drained', attempts: [{ outcome: 'drained' }] })
  expect(await createWorkerRegistry({ redis }).list()).toEqual([])
  await start()
  const { attempts } = await enters(id, 'completed')
  expect(attempts[1]?.resumedFromEpoch).toBeGreaterThanOrEqual(3)
  await expectWhole(id, 100)
})

test('a damaged checkpoint costs time, not the experiment, and its log has that', async () => {
  const { create, start, enters, runsPast, expectWhole, store, dataFolder } = workers.own
  const worker = await start()
  const id = await create({ epochs: 50 })
  await runsPast(id, 3)
  await worker.drain()
  const folder = path.join(dataFolder, 'checkpoints', id)
  for (const file of await readdir(folder)) await writeFile(path.join(folder, file), 'torn')
  await start()
  const { attempts } = await enters(id, 'completed')
  expect(attempts[1]).toMatchObject({ outcome: 'completed', resumedFromEpoch: 0 })
  const warning = { level: 'warn', message: expect.stringContaining('damaged') }
  expect(await store.logs(id)).toMatchObject([warning, warning])
  await expectWhole(id, 50)
})

test('a trainer that cannot start is retried, and no experiment is taken meanwhile', async () => {
  const { create, start, store, redis, dataFolder } = workers.own
  const worker = await start({ trainerPath: path.join(dataFolder, 'none.ts') })
  const id = await create()
  await poll(async () => {
    const [info] = await createWorkerRegistry({ redis }).list()
    if (info?.slots[0]?.trainer !== 'restarting') throw new Error(JSON.stringify(info))
  }, WITHIN)
  await worker.drain()
  expect(await store.get(id)).toMatchObject({ state: 'queued', attempts: [] })
})

test('a worker killed by SIGKILL: its trainer goes with it, and another worker completes the experiment', async () => {
  const { create, start, enters, runsPast, expectWhole, dataFolder, server } = workers.own
  const killed = fork(scriptedWorker, [server.url, dataFolder], { env: process.env })
  const id = await create({ epochs: 200 })
  await runsPast(id, 3)
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  await start()
  const { attempts, transitions } = await enters(id, 'completed')
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['worker_lost', 'completed'])
  expect(transitions.map(({ reason }) => reason)).toContain('worker_lost')
  await expectWhole(id, 200)
})

test.each(['pause', 'kill'] as const)(
  '%s — Redis goes away while an experiment runs: training goes on, and all of it is written',
  async (how) => {
    const { create, start, enters, runsPast, expectWhole, server } = workers.own
    await start()
    const id = await create({ epochs: 300 })
    await runsPast(id, 3)
    await server[how]()
    const reached = (await latestOnDisk(id)) + 30
    await poll(async () => {
      if ((await latestOnDisk(id)) < reached) throw new Error('the trainer has stopped')
    }, WITHIN)
    if (how === 'pause') server.resume()
    else await server.restart()
    const { attempts } = await poll(() => enters(id, 'completed'), WITHIN)
    expect(attempts).toHaveLength(1)
    await expectWhole(id, 300)
  },
)

/** The trainer writes a checkpoint after every epoch. */
async function latestOnDisk(id: string): Promise<number> {
  const files = await workers.own.filesOf('checkpoints', id)
  return Math.max(0, ...files.map((file) => Number(/-(\d+)\.checkpoint$/.exec(file)?.[1] ?? 0)))
}

test('the registry lists what a worker has and does', async () => {
  const { create, start, redis } = workers.own
  const worker = await start({ slots: 2 })
  const id = await create({ epochs: 10_000 })
  const listed = await poll(async () => {
    const [info] = await createWorkerRegistry({ redis }).list()
    if (!info?.engine || !info.slots.some(({ experimentId }) => experimentId === id)) throw new Error(JSON.stringify(info))
    return info
  }, WITHIN)
  expect(listed).toMatchObject({ id: worker.id, pools: ['default'], engine: { name: 'scripted' }, draining: false, memoryBytes: 1e9 })
})
