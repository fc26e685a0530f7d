import type { Redis } from 'ioredis'
import type { JobData } from './job-queues.ts'
import { createJobWaiter } from './job-waiter.ts'
import { type ManualWorker, openManualWorker } from './manual-worker.ts'
import { DEFAULT_PREFIX, servedQueues } from '../redis/keys.ts'

/** The lock is longer than an outage that a run survives: with 30 s, BullMQ handed out again what had finished during one. */
const SETTINGS = { lockMs: 120_000, extendIntervalMs: 10_000, stalledIntervalMs: 30_000, maxStalledCount: 1 }

export interface FetchedJob extends JobData {
  /** Takes the job out of the queue; the record has the outcome of the experiment. */
  done(): Promise<void>
}

export interface JobConsumer {
  /** The next job of these pools, or null when nothing waits. */
  next(): Promise<FetchedJob | null>
  /** Resolves when a call of `next` is likely to find a job, or the signal aborts. To be called when it has found none. */
  wait(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Fetches one job when a slot is free. A lost lock is no harm: the claim decides who runs an experiment. */
export function createJobConsumer(options: {
  redis: Redis
  prefix?: string
  pools: readonly string[]
  onError: (error: unknown) => void
}): JobConsumer {
  const { redis, prefix = DEFAULT_PREFIX, pools, onError } = options
  const queues = pools.flatMap((pool) => servedQueues(pool))
  const workers = queues.map((queue) => openManualWorker<JobData>({ ...SETTINGS, redis, prefix, queue, onError }))
  const waiter = createJobWaiter({ redis, prefix, queues, onError })

  async function nextOf(worker: ManualWorker<JobData>): Promise<FetchedJob | null> {
    const fetched = await worker.fetch()
    if (!fetched) return null
    const { job, token, release } = fetched
    const done = async () => {
      release()
      await job.moveToCompleted('', token, false).catch(onError)
    }
    return { ...job.data, done }
  }

  return {
    async next() {
      for (const worker of workers) {
        const job = await nextOf(worker)
        if (job) return job
      }
      return null
    },
    wait: (signal) => waiter.wait(signal),
    async close() {
      waiter.close()
      await Promise.all(workers.map((worker) => worker.close()))
    },
  }
}
