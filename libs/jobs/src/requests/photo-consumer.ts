import { ExperimentId } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { DEFAULT_PREFIX, keysOf, PREDICT_QUEUE } from '../redis/keys.ts'
import { createRequestConsumer, type RequestConsumer } from './request-consumer.ts'

const PhotoRequest = z.object({ experimentId: ExperimentId })
/** Whose model is to name a photo; the photo itself is never part of a job. */
export type PhotoRequest = z.infer<typeof PhotoRequest>

export interface PhotoConsumer extends RequestConsumer<PhotoRequest> {
  /** The photo's file, once; null when nobody waits for the answer any more, or another worker has had it. */
  takePhoto(requestId: string): Promise<Buffer | null>
}

interface PhotoConsumerOptions {
  redis: Redis
  prefix?: string
  onError: (error: unknown) => void
}

/** Photos to name, as a worker sees them. */
export function createPhotoConsumer({ redis, prefix = DEFAULT_PREFIX, onError }: PhotoConsumerOptions): PhotoConsumer {
  const parse = (data: unknown): PhotoRequest => PhotoRequest.parse(data)
  return {
    ...createRequestConsumer({ redis, prefix, queue: PREDICT_QUEUE, parse, onError }),
    takePhoto: (requestId) => redis.getdelBuffer(keysOf(prefix).photo(requestId)),
  }
}
