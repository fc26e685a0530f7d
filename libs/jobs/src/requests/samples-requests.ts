import { SamplesAnswer, type SamplesRequest } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { SamplesTimedOutError } from '../errors.ts'
import { DEFAULT_PREFIX, SAMPLES_QUEUE } from '../redis/keys.ts'
import { createMemoryGuard } from '../redis/memory-guard.ts'
import { answerOf, openRequestQueue, requestId } from './request-queue.ts'
import { reaching } from '../redis/redis-errors.ts'

/** A class that opens one page has its picture drawn once. The largest has some megabytes, so only the latest are there. */
const KEEP = { age: 600, count: 5 }

export interface SamplesRequests {
  /** Has a worker draw the grid. RequestFailedError where it cannot; SamplesTimedOutError when the time is over or the signal aborts before. */
  ask(request: SamplesRequest, options: { timeoutMs: number; signal: AbortSignal }): Promise<SamplesAnswer>
}

/** Grids of a dataset's images, drawn by a worker, which has them. Equal requests share one answer. */
export function createSamplesRequests({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): SamplesRequests {
  const queue = openRequestQueue<SamplesRequest>({ redis, prefix, name: SAMPLES_QUEUE })
  const refuseWhenFull = createMemoryGuard(redis)

  const ask: SamplesRequests['ask'] = async (request, { timeoutMs, signal }) => {
    await refuseWhenFull()
    const id = requestId(request)
    // What failed may go well now: somebody has put the images there, say.
    if ((await queue.getJobState(id)) === 'failed') await queue.remove(id)
    await queue.add('samples', request, { jobId: id, attempts: 1, removeOnComplete: KEEP, removeOnFail: KEEP, stackTraceLimit: 0 })
    const late = (taken: boolean): Error => new SamplesTimedOutError({ taken, timeoutMs })
    return answerOf(queue, { id, answer: SamplesAnswer, late, timeoutMs, signal })
  }

  return { ask: (request, options) => reaching(() => ask(request, options)) }
}
