import type { ExperimentError } from '@trainyard/contracts'
import { UnrecoverableError } from 'bullmq'
import type { Redis } from 'ioredis'
import { createJobWaiter } from '../queue/job-waiter.ts'
import { type LockedJob, openManualWorker } from '../queue/manual-worker.ts'
import { failureText } from './request-queue.ts'

/** A person waits, so a worker's death is noticed soon; the lock only bridges short outages, for asking twice does no harm. */
const SETTINGS = { lockMs: 10_000, extendIntervalMs: 2500, stalledIntervalMs: 5000, maxStalledCount: 3 }

/** One question that this worker holds; it ends with exactly one of answer, fail and giveBack, none of which throws. */
export interface FetchedRequest<Data> {
  id: string
  data: Data
  /** Share of the work that is done. */
  tell(fraction: number): void
  answer(result: unknown): Promise<void>
  /** An infrastructure failure is tried again, if the question allows it; a user's is not. */
  fail(error: ExperimentError): Promise<void>
  /** Back to the queue's front, as if it had never been taken. */
  giveBack(): Promise<void>
}

export interface RequestConsumer<Data> {
  /** The next question, or null when none waits. */
  next(): Promise<FetchedRequest<Data> | null>
  /** Resolves when a call of `next` is likely to find one, or the signal aborts. To be called when it has found none. */
  wait(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface RequestConsumerOptions<Data> {
  redis: Redis
  prefix: string
  queue: string
  parse: (data: unknown) => Data
  onError: (error: unknown) => void
}

/** Fetches one request when its slot is free. BullMQ hands out again what a lost worker held. */
export function createRequestConsumer<Data>({ redis, prefix, queue, parse, onError }: RequestConsumerOptions<Data>): RequestConsumer<Data> {
  const worker = openManualWorker<unknown>({ ...SETTINGS, redis, prefix, queue, onError })
  const waiter = createJobWaiter({ redis, prefix, queues: [queue], onError })

  function take({ job, token, release }: LockedJob<unknown>): Omit<FetchedRequest<Data>, 'data'> {
    let telling = false
    const end = async (last: () => Promise<unknown>): Promise<void> => {
      release()
      await last().catch(onError)
    }
    return {
      id: job.id ?? '',
      tell(fraction) {
        // In an outage they would pile up.
        if (telling) return
        telling = true
        const told = () => void (telling = false)
        job.updateProgress(fraction).catch(onError).then(told, told)
      },
      answer: (result) => end(() => job.moveToCompleted(result, token, false)),
      fail: (error) => end(() => job.moveToFailed(toJobError(error), token, false)),
      giveBack: () => end(() => job.moveToWait(token)),
    }
  }

  return {
    async next() {
      const fetched = await worker.fetch()
      if (!fetched) return null
      const { job, token, release } = fetched
      // It was lost with its worker too often. BullMQ leaves it to whoever takes it next to say so.
      if (job.deferredFailure !== undefined) {
        release()
        await job.moveToFailed(new UnrecoverableError(job.deferredFailure), token, false)
        return null
      }
      return { ...take(fetched), data: parse(job.data) }
    },
    wait: (signal) => waiter.wait(signal),
    async close() {
      waiter.close()
      await worker.close()
    },
  }
}

const toJobError = (error: ExperimentError): Error =>
  error.class === 'user' ? new UnrecoverableError(failureText(error)) : new Error(failureText(error))
