import { ExperimentId, Prediction, ProbeCell, ProbeRequest, SamplesAnswer, SamplesRequest } from '@trainyard/contracts'
import type { KeepJobs } from 'bullmq'
import { z } from 'zod'
import { PredictionTimedOutError, SamplesTimedOutError } from '../errors.ts'
import { PREDICT_QUEUE, PROBE_QUEUE, SAMPLES_QUEUE } from '../redis/keys.ts'

/** One kind of interactive request: work on a worker that a person waits for. */
export interface RequestKind<Data, Answer> {
  queue: string
  data: z.ZodType<Data>
  answer: z.ZodType<Answer>
  /** Whether equal requests share one answer, for as long as it is kept. What is not shared is removed with its answer. */
  isShared: boolean
  /** How often a request is tried whose worker fails. */
  attempts: number
  /** How long an ended one stays, in seconds, and how many do. */
  keep: Extract<KeepJobs, object>
}

/** A kind that is answered in one call: what that throws when the time is over before the answer. */
export interface ReplyKind<Data, Answer> extends RequestKind<Data, Answer> {
  timedOut: (options: { taken: boolean; timeoutMs: number }) => Error
}

/** What is dropped can be had again: the same request gives the same numbers. */
export const PROBES: RequestKind<ProbeRequest, ProbeCell[]> = {
  queue: PROBE_QUEUE,
  data: ProbeRequest,
  answer: z.array(ProbeCell),
  isShared: true,
  attempts: 3,
  keep: { age: 7 * 24 * 3600, count: 300 },
}

const PredictionRequest = z.object({ experimentId: ExperimentId })
/** Whose model is to classify a photo; the photo is the request's attachment, never part of a job. */
export type PredictionRequest = z.infer<typeof PredictionRequest>

export const PREDICTIONS: ReplyKind<PredictionRequest, Prediction> = {
  queue: PREDICT_QUEUE,
  data: PredictionRequest,
  answer: Prediction,
  isShared: false,
  attempts: 1,
  keep: { age: 60, count: 100 },
  timedOut: (options) => new PredictionTimedOutError(options),
}

/** A class that opens one page has its picture drawn once. The largest has some megabytes, so only the latest stay. */
export const SAMPLES: ReplyKind<SamplesRequest, SamplesAnswer> = {
  queue: SAMPLES_QUEUE,
  data: SamplesRequest,
  answer: SamplesAnswer,
  isShared: true,
  attempts: 1,
  keep: { age: 600, count: 5 },
  timedOut: (options) => new SamplesTimedOutError(options),
}
