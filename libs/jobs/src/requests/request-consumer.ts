import { randomUUID } from 'node:crypto'
import type { ExperimentError } from '@trainyard/contracts'
import { type Job, UnrecoverableError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { failureText } from './request-queue.ts'

/** A person waits, so a worker's death is noticed soon; the lock only bridges short outages, for asking twice does no harm. */
const LOCK_MS = 10_000
const EXTEND_EVERY_MS = 2500
const LOOK_FOR_STALLED_EVERY_MS = 5000
const MOST_WORKERS_LOST = 3

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
  close(): Promise<void>
}

export interface RequestConsumerOptions<Data> {
  redis: Redis
  prefix: string
  queue: string
  parse: (data: unknown) => Data
  onError: (error: unknown) => void
}

/** Fetches questions by hand, one when its slot is free. BullMQ hands out again what a lost worker held. */
export function createRequestConsumer<Data>({ redis, prefix, queue, parse, onError }: RequestConsumerOptions<Data>): RequestConsumer<Data> {
  const held = new Map<Job<unknown>, string>()
  const worker = new Worker<unknown>(queue, null, {
    ...{ connection: redis, prefix, autorun: false },
    ...{ lockDuration: LOCK_MS, stalledInterval: LOOK_FOR_STALLED_EVERY_MS, maxStalledCount: MOST_WORKERS_LOST },
  }).on('error', onError)
  worker.startStalledCheckTimer().catch(onError)
  const timer = setInterval(() => {
    for (const [job, token] of held) job.extendLock(token, LOCK_MS).catch(onError)
  }, EXTEND_EVERY_MS)

  function take(job: Job<unknown>, token: string): Omit<FetchedRequest<Data>, 'data'> {
    held.set(job, token)
    let telling = false
    const end = async (last: () => Promise<unknown>): Promise<void> => {
      held.delete(job)
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
      const token = randomUUID()
      // typed as always there, but undefined when nothing waits
      const job: Job<unknown> | undefined = await worker.getNextJob(token, { block: false })
      if (!job) return null
      // It was lost with its worker too often. BullMQ leaves it to whoever takes it next to say so.
      if (job.deferredFailure !== undefined) {
        await job.moveToFailed(new UnrecoverableError(job.deferredFailure), token, false)
        return null
      }
      return { ...take(job, token), data: parse(job.data) }
    },
    async close() {
      clearInterval(timer)
      await worker.close()
    },
  }
}

const toJobError = (error: ExperimentError): Error =>
  error.class === 'user' ? new UnrecoverableError(failureText(error)) : new Error(failureText(error))
