import { ExperimentId } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { DEFAULT_PREFIX, keysOf, PREDICT_QUEUE } from '../redis/keys.ts'
import { createQuestionSource, type QuestionSource } from './request-consumer.ts'

const PhotoQuestion = z.object({ experimentId: ExperimentId })
/** Whose model is to name a photo; the photo itself is never part of a job. */
export type PhotoQuestion = z.infer<typeof PhotoQuestion>

export interface PhotoSource extends QuestionSource<PhotoQuestion> {
  /** The photo's file, once; null when nobody waits for the answer any more, or another worker has had it. */
  takePhoto(questionId: string): Promise<Buffer | null>
}

interface PhotoSourceOptions {
  redis: Redis
  prefix?: string
  onError: (error: unknown) => void
}

/** Photos to name, as a worker sees them. */
export function createPhotoSource({ redis, prefix = DEFAULT_PREFIX, onError }: PhotoSourceOptions): PhotoSource {
  const parse = (data: unknown): PhotoQuestion => PhotoQuestion.parse(data)
  return {
    ...createQuestionSource({ redis, prefix, queue: PREDICT_QUEUE, parse, onError }),
    takePhoto: (questionId) => redis.getdelBuffer(keysOf(prefix).photo(questionId)),
  }
}
