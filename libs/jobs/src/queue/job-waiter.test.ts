import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { poll } from '@trainyard/testing/inputs/poll'
import { ownRedis } from '@trainyard/testing/redis/own-redis'
import { createJobWaiter, type JobWaiter } from './job-waiter.ts'
import { type ManualWorker, openManualWorker } from './manual-worker.ts'

const SETTINGS = { lockMs: 10_000, extendIntervalMs: 2500, stalledIntervalMs: 5000, maxStalledCount: 3 }
const WITHIN = { timeoutMs: 60_000 }
const never = new AbortController().signal
const own = ownRedis({ whenDown: 'wait' })

let redis: Redis
let prefix: string
let closing: (() => unknown)[]
let errors: unknown[]
let runs = 0

beforeAll(() => void (redis = own.redis))
beforeEach(() => {
  prefix = `{wait-${runs++}}`
  errors = []
  closing = []
})
afterEach(async () => {
  for (const close of closing) await close()
  expect(errors).toEqual([])
})

const onError = (error: unknown): void => void errors.push(error)
function openWaiter(queues: string[]): JobWaiter {
  const waiter = createJobWaiter({ redis, prefix, queues, onError })
  closing.push(() => waiter.close())
  return waiter
}
function openWorker(queue: string): ManualWorker<number> {
  const worker = openManualWorker<number>({ ...SETTINGS, redis, prefix, queue, onError })
  closing.push(() => worker.close())
  return worker
}
function openQueue(name: string): Queue<number> {
  const queue = new Queue<number>(name, { connection: redis, prefix })
  closing.push(() => queue.close())
  return queue
}
const isBlocked = () => poll(async () => expect(await redis.info('clients')).toContain('blocked_clients:1'), WITHIN)

async function fetched(worker: ManualWorker<number>, waiter: JobWaiter): Promise<number> {
  for (;;) {
    const next = await worker.fetch()
    if (next) {
      next.release()
      return next.job.data
    }
    await waiter.wait(never)
  }
}

test('a job of any of its queues ends the wait', async () => {
  const waiter = openWaiter(['a', 'b'])
  const waiting = waiter.wait(never)
  await isBlocked()
  await openQueue('b').add('run', 1, { priority: 5 })
  await expect(waiting).resolves.toBeUndefined()
  expect((await openWorker('b').fetch())?.job.data).toBe(1)
})

test('each of the slots that wait in two processes gets one of the jobs that come together', async () => {
  const worker = openWorker('a')
  const [here, there] = [openWaiter(['a']), openWaiter(['a'])]
  const all = Promise.all([here, here, there, there].map((waiter) => fetched(worker, waiter)))
  await poll(async () => expect(await redis.info('clients')).toContain('blocked_clients:2'), WITHIN)
  await openQueue('a').addBulk([1, 2, 3, 4].map((data) => ({ name: 'run', data, opts: { priority: 5 } })))
  expect((await all).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4])
})

test('a delayed job is fetched once it is due', async () => {
  const got = fetched(openWorker('a'), openWaiter(['a']))
  await isBlocked()
  await openQueue('a').add('run', 7, { delay: 300 })
  expect(await got).toBe(7)
})

test('a job whose marker was taken by a process that then ended is found all the same', async () => {
  await openQueue('a').add('run', 1)
  await redis.del(`${prefix}:a:marker`)
  await expect(openWaiter(['a']).wait(never)).resolves.toBeUndefined()
})

test('an abort ends the wait, and leaves the marker of a later job to others', async () => {
  const waiter = openWaiter(['a'])
  const leave = new AbortController()
  const waiting = waiter.wait(leave.signal)
  await isBlocked()
  leave.abort()
  await waiting
  await poll(async () => expect(await redis.info('clients')).toContain('blocked_clients:0'), WITHIN)
  await openQueue('a').add('run', 1)
  expect(await redis.exists(`${prefix}:a:marker`)).toBe(1)
  await waiter.wait(never)
})

test('one of two that wait leaves; the other is woken', async () => {
  const waiter = openWaiter(['a'])
  const leave = new AbortController()
  const [left, stays] = [waiter.wait(leave.signal), waiter.wait(never)]
  await isBlocked()
  leave.abort()
  await left
  await openQueue('a').add('run', 1)
  await expect(stays).resolves.toBeUndefined()
})

test('a connection that is lost is opened again', async () => {
  const waiter = openWaiter(['a'])
  const waiting = waiter.wait(never)
  await isBlocked()
  await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  await openQueue('a').add('run', 1)
  await expect(waiting).resolves.toBeUndefined()
})
