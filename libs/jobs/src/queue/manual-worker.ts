import { randomUUID } from 'node:crypto'
import { type Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'

interface ManualWorkerOptions {
  redis: Redis
  prefix: string
  queue: string
  lockMs: number
  extendIntervalMs: number
  stalledIntervalMs: number
  /** A job that lost its worker more often fails. */
  maxStalledCount: number
  onError: (error: unknown) => void
}

export interface LockedJob<Data> {
  job: Job<Data>
  token: string
  /** Its lock is extended no longer. To be called before it is moved on. */
  release: () => void
}

export interface ManualWorker<Data> {
  /** The next job, or null when none waits. */
  fetch(): Promise<LockedJob<Data> | null>
  close(): Promise<void>
}

/** BullMQ's manual fetching: one job when a slot is free. BullMQ's own loop would hold jobs beyond that, and spins while Redis is full. */
export function openManualWorker<Data>(options: ManualWorkerOptions): ManualWorker<Data> {
  const { redis, prefix, queue, lockMs, extendIntervalMs, stalledIntervalMs, maxStalledCount, onError } = options
  const held = new Map<Job<Data>, string>()
  const settings = { connection: redis, prefix, autorun: false, lockDuration: lockMs, stalledInterval: stalledIntervalMs, maxStalledCount }
  const worker = new Worker<Data>(queue, null, settings).on('error', onError)
  const extend = (): void => {
    for (const [job, token] of held) job.extendLock(token, lockMs).catch(onError)
  }
  /** BullMQ's own timer has Redis run seven commands each time. Nothing stalls where nothing is active. */
  async function moveStalled(): Promise<void> {
    if ((await redis.exists(`${prefix}:${queue}:active`)) > 0) await worker.backend.moveStalledJobsToWait()
  }
  let looking = Promise.resolve()
  const lookForStalled = (): void => void (looking = moveStalled().catch(onError))
  const timers = [setInterval(extend, extendIntervalMs), setInterval(lookForStalled, stalledIntervalMs)]
  lookForStalled()

  return {
    async fetch() {
      const token = randomUUID()
      // typed as always there, but undefined when nothing waits
      const job: Job<Data> | undefined = await worker.getNextJob(token, { block: false })
      if (!job) return null
      held.set(job, token)
      return { job, token, release: () => void held.delete(job) }
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
      await looking
      await worker.close()
    },
  }
}
