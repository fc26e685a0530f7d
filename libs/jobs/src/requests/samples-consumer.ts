import { SamplesRequest } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { DEFAULT_PREFIX, SAMPLES_QUEUE } from '../redis/keys.ts'
import { createQuestionSource, type QuestionSource } from './request-consumer.ts'

interface SamplesSourceOptions {
  redis: Redis
  prefix?: string
  onError: (error: unknown) => void
}

/** Grids of images to draw, as a worker sees them. */
export function createSamplesSource({ prefix = DEFAULT_PREFIX, ...rest }: SamplesSourceOptions): QuestionSource<SamplesRequest> {
  return createQuestionSource({ ...rest, prefix, queue: SAMPLES_QUEUE, parse: (data) => SamplesRequest.parse(data) })
}
