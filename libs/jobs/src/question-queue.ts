import { setTimeout as delay } from 'node:timers/promises'
import { ExperimentError } from '@trainyard/contracts'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

const LOOK_EVERY_MS = 100
/** Nobody reads BullMQ's own events, and each one of a finished job carries its whole result. */
const EVENTS_KEPT = 1

/** The queue of one kind of question: a probe or a photo to name, work that somebody waits for. */
export function openQuestionQueue<Data>({ redis, prefix, name }: { redis: Redis; prefix: string; name: string }): Queue<Data, unknown> {
  const settings = { connection: redis, prefix, streams: { events: { maxLen: EVENTS_KEPT } } }
  // Every call reports its own failure.
  return new Queue<Data, unknown>(name, settings).on('error', () => {})
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
