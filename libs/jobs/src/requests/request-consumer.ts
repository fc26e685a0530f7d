import type { ExperimentError } from '@trainyard/contracts'
import { UnrecoverableError } from 'bullmq'
import type { Redis } from 'ioredis'
import { createJobWaiter } from '../queue/job-waiter.ts'
import { type LockedJob, openManualWorker } from '../queue/manual-worker.ts'
import { DEFAULT_PREFIX, keysOf } from '../redis/keys.ts'
import { failureText } from './request-failure.ts'
import type { RequestKind } from './request-kinds.ts'

/** A person waits, so a worker's death is noticed soon; the lock only bridges short outages, since a request that runs twice does no harm. */
const SETTINGS = { lockMs: 10_000, extendIntervalMs: 2500, stalledIntervalMs: 5000, maxStalledCount: 3 }

/** One request that this worker holds; it ends with exactly one of answer, fail and requeue, none of which throws. */
export interface FetchedRequest<Data> {
  id: string
  data: Data
  /** Share of the work that is done. */
  progress(fraction: number): void
  answer(result: unknown): Promise<void>
  /** An infrastructure failure is tried again, if its kind allows it; a user's is not. */
  fail(error: ExperimentError): Promise<void>
  /** Back to the front of the queue, as if it had not been taken. */
  requeue(): Promise<void>
}

export interface RequestConsumer<Data> {
  /** The next request, or null when none waits. */
  next(): Promise<FetchedRequest<Data> | null>
  /** Resolves when a call of `next` is likely to find one, or the signal aborts. To be called when it has found none. */
  wait(signal: AbortSignal): Promise<void>
  /** What came with the request, once; null when its submitter has left, or another worker has had it. */
  takeAttachment(requestId: string): Promise<Buffer | null>
  close(): Promise<void>
}

interface RequestConsumerOptions {
  redis: Redis
  prefix?: string
  onError: (error: unknown) => void
}

/** Fetches one request when its slot is free. BullMQ hands out again what a lost worker held. */
export function createRequestConsumer<Data>(
  { queue, data: schema }: Pick<RequestKind<Data, unknown>, 'queue' | 'data'>,
  { redis, prefix = DEFAULT_PREFIX, onError }: RequestConsumerOptions,
): RequestConsumer<Data> {
  const worker = openManualWorker<unknown>({ ...SETTINGS, redis, prefix, queue, onError })
  const waiter = createJobWaiter({ redis, prefix, queues: [queue], onError })

  function take({ job, token, release }: LockedJob<unknown>): Omit<FetchedRequest<Data>, 'data'> {
    let isUpdating = false
    const end = async (last: () => Promise<unknown>): Promise<void> => {
      release()
      await last().catch(onError)
    }
    return {
      id: job.id ?? '',
      progress(fraction) {
        // In an outage they would pile up.
        if (isUpdating) return
        isUpdating = true
        const updated = () => void (isUpdating = false)
        job.updateProgress(fraction).catch(onError).then(updated, updated)
      },
      answer: (result) => end(() => job.moveToCompleted(result, token, false)),
      fail: (error) => end(() => job.moveToFailed(toJobError(error), token, false)),
      requeue: () => end(() => job.moveToWait(token)),
    }
  }

  return {
    async next() {
      const fetched = await worker.fetch()
      if (!fetched) return null
      const { job, token, release } = fetched
      // It was lost with its worker too often. BullMQ leaves it to the worker that takes it next to fail it.
      if (job.deferredFailure !== undefined) {
        release()
        await job.moveToFailed(new UnrecoverableError(job.deferredFailure), token, false)
        return null
      }
      return { ...take(fetched), data: schema.parse(job.data) }
    },
    wait: (signal) => waiter.wait(signal),
    takeAttachment: (requestId) => redis.getdelBuffer(keysOf(prefix).attachment(requestId)),
    async close() {
      waiter.close()
      await worker.close()
    },
  }
}

const toJobError = (error: ExperimentError): Error =>
  error.class === 'user' ? new UnrecoverableError(failureText(error)) : new Error(failureText(error))
