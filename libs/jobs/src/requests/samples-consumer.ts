import { SamplesRequest } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { DEFAULT_PREFIX, SAMPLES_QUEUE } from '../redis/keys.ts'
import { createRequestConsumer, type RequestConsumer } from './request-consumer.ts'

interface SamplesConsumerOptions {
  redis: Redis
  prefix?: string
  onError: (error: unknown) => void
}

/** Grids of images to draw, as a worker sees them. */
export function createSamplesConsumer({ prefix = DEFAULT_PREFIX, ...rest }: SamplesConsumerOptions): RequestConsumer<SamplesRequest> {
  return createRequestConsumer({ ...rest, prefix, queue: SAMPLES_QUEUE, parse: (data) => SamplesRequest.parse(data) })
}
