import { randomUUID } from 'node:crypto'
import { Prediction } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { PredictionTimedOutError } from '../errors.ts'
import { DEFAULT_PREFIX, keysOf, PREDICT_QUEUE } from '../redis/keys.ts'
import { createMemoryGuard } from '../redis/memory-guard.ts'
import type { PhotoRequest } from './photo-consumer.ts'
import { answerOf, openRequestQueue } from './request-queue.ts'
import { reaching } from '../redis/redis-errors.ts'

/** Nobody waits for longer, so no photo is there for longer. */
const PHOTO_SECONDS = 60
const KEEP = { age: PHOTO_SECONDS, count: 100 }

export interface PhotoRequests {
  /** Has a worker name the photo. RequestFailedError where it cannot; PredictionTimedOutError when the time is over or the signal aborts before. */
  ask(photo: { experimentId: string; bytes: Buffer }, options: { timeoutMs: number; signal: AbortSignal }): Promise<Prediction>
}

/** Photos on their way to a worker: the bytes apart from the job, under a key that expires and that is read only once. */
export function createPhotoRequests({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): PhotoRequests {
  const queue = openRequestQueue<PhotoRequest>({ redis, prefix, name: PREDICT_QUEUE })
  const refuseWhenFull = createMemoryGuard(redis)

  const ask: PhotoRequests['ask'] = async ({ experimentId, bytes }, { timeoutMs, signal }) => {
    await refuseWhenFull()
    const id = randomUUID()
    const photo = keysOf(prefix).photo(id)
    await redis.set(photo, bytes, 'EX', PHOTO_SECONDS)
    try {
      const options = { jobId: id, attempts: 1, removeOnComplete: KEEP, removeOnFail: KEEP, stackTraceLimit: 0 }
      await queue.add('predict', { experimentId }, options)
      const late = (taken: boolean): Error => new PredictionTimedOutError({ taken, timeoutMs })
      return await answerOf(queue, { id, answer: Prediction, late, timeoutMs, signal })
    } finally {
      // A worker that has taken it holds its lock, so that one stays until it is done. What fails here goes by its age.
      await Promise.all([redis.del(photo), queue.remove(id)]).catch(() => {})
    }
  }

  return { ask: (photo, options) => reaching(() => ask(photo, options)) }
}
