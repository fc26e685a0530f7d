import { setTimeout as delay } from 'node:timers/promises'
import { ExperimentError } from '@trainyard/contracts'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { z } from 'zod'
import { RequestFailedError } from '../errors.ts'
import { sha256 } from '../redis/hash.ts'

const LOOK_EVERY_MS = 100
const ID_LENGTH = 24
/** Nobody reads BullMQ's own events, and each one of a finished job carries its whole result. */
const EVENTS_KEPT = 1

/** The queue of one kind of question: a probe, a photo to name or images to draw, work that somebody waits for. */
export function openRequestQueue<Data>({ redis, prefix, name }: { redis: Redis; prefix: string; name: string }): Queue<Data, unknown> {
  const settings = { connection: redis, prefix, streams: { events: { maxLen: EVENTS_KEPT } } }
  // Every call reports its own failure.
  return new Queue<Data, unknown>(name, settings).on('error', () => {})
}

/** Equal requests, however their fields were ordered, have one id. */
export function requestId(request: object): string {
  const fields = Object.entries(request).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return sha256(JSON.stringify(fields)).slice(0, ID_LENGTH)
}

/** Resolves when the question is done or gone, the time is over, or the signal aborts: whichever comes first. */
export async function waitUntilDone(
  queue: Pick<Queue, 'getJobState'>,
  { id, timeoutMs, signal }: { id: string; timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!signal.aborted) {
    const leftMs = endMs - performance.now()
    if (leftMs <= 0 || ['completed', 'failed', 'unknown'].includes(await queue.getJobState(id))) return
    await delay(Math.min(LOOK_EVERY_MS, leftMs), undefined, { signal }).catch(() => {})
  }
}

/**
 * Waits for the question's answer. RequestFailedError for what a worker could not answer; what `late` makes when the time is over, or the signal
 * aborts, before that.
 */
export async function answerOf<Answer extends z.ZodType>(
  queue: Queue,
  { id, answer, late, ...wait }: { id: string; answer: Answer; late: (taken: boolean) => Error; timeoutMs: number; signal: AbortSignal },
): Promise<z.output<Answer>> {
  await waitUntilDone(queue, { id, ...wait })
  // The state first: what is completed stays so, and has its answer by then.
  const state = await queue.getJobState(id)
  const job = await queue.getJob(id)
  if (job && state === 'completed') return answer.parse(job.returnvalue)
  if (job && state === 'failed') throw new RequestFailedError(failureFrom(job.failedReason))
  throw late(state === 'active')
}

/** BullMQ keeps one text of a failure, so the error travels as JSON; any other text is BullMQ's own. */
export const failureText = (error: ExperimentError): string => JSON.stringify(error)

export function failureFrom(text: string): ExperimentError {
  try {
    return ExperimentError.parse(JSON.parse(text))
  } catch {
    return {
      class: 'infrastructure',
      code: 'TRAINER_CRASHED',
      message: 'Every worker that took it on ended before it could answer',
      advice: "Ask again; if it keeps failing, the workers' logs have the details.",
    }
  }
}
