import { randomUUID } from 'node:crypto'
import { type Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { JobData } from './job-queues.ts'
import { DEFAULT_PREFIX, servedQueues } from '../redis/keys.ts'

/** Longer than an outage that a run survives: with 30 s, BullMQ handed out again what had finished during one. */
const LOCK_MS = 120_000
const EXTEND_EVERY_MS = 10_000

export interface FetchedJob extends JobData {
  /** Takes the job out of the queue; whatever became of the experiment is the record's to say. */
  done(): Promise<void>
}

export interface JobConsumer {
  /** The next job of these pools, or null when nothing waits. */
  next(): Promise<FetchedJob | null>
  close(): Promise<void>
}

/** Fetches by hand, one job when a slot is free: BullMQ's own loop would hold jobs beyond that, and spins while Redis is full. */
export function createJobConsumer(options: {
  redis: Redis
  prefix?: string
  pools: readonly string[]
  onError: (error: unknown) => void
}): JobConsumer {
  const { redis, prefix = DEFAULT_PREFIX, pools, onError } = options
  const held = new Map<Job<JobData>, string>()
  const queues = pools
    .flatMap((pool) => servedQueues(pool))
    .map((name) => {
      const settings = { connection: redis, prefix, autorun: false, lockDuration: LOCK_MS }
      const queue = new Worker<JobData>(name, null, settings).on('error', onError)
      queue.startStalledCheckTimer().catch(onError)
      return queue
    })
  // A lost lock is no harm: the claim decides who runs an experiment.
  const extend = () => {
    for (const [job, token] of held) job.extendLock(token, LOCK_MS).catch(onError)
  }
  const timer = setInterval(extend, EXTEND_EVERY_MS)

  async function nextOf(queue: Worker<JobData>): Promise<FetchedJob | null> {
    const token = randomUUID()
    // typed as always there, but undefined when nothing waits
    const job: Job<JobData> | undefined = await queue.getNextJob(token, { block: false })
    if (!job) return null
    held.set(job, token)
    const done = async () => {
      held.delete(job)
      await job.moveToCompleted('', token, false).catch(onError)
    }
    return { ...job.data, done }
  }

  return {
    async next() {
      for (const queue of queues) {
        const job = await nextOf(queue)
        if (job) return job
      }
      return null
    },
    async close() {
      clearInterval(timer)
      await Promise.all(queues.map((queue) => queue.close()))
    },
  }
}
