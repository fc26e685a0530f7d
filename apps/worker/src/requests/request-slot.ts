import { setTimeout as delay } from 'node:timers/promises'
import type { ExperimentError } from '@trainyard/contracts'
import type { FetchedRequest, RequestConsumer } from '@trainyard/jobs'
import type { Logger } from 'pino'
import { createIdleTrainer, type IdleTrainer } from '../trainers/idle-trainer.ts'
import type { TrainerProcess } from '../trainers/trainer-process.ts'
import { type RequestCommand, type RequestEnd, runRequest } from '../trainers/trainer-request.ts'

const FETCH_RETRY_MS = 1000

export interface RequestSlotDeps<Data> {
  consumer: RequestConsumer<Data>
  /** What its trainer is sent, or why the request fails without one. */
  toCommand: (request: FetchedRequest<Data>) => Promise<RequestCommand | { type: 'failed'; error: ExperimentError }>
  startTrainer: () => Promise<TrainerProcess>
  /** A trainer that sends nothing for this long is killed. */
  silenceMs: number
  /** A trainer without work for this long leaves. */
  idleMs?: number
  log: Logger
  /** Aborts when the worker takes no more work. */
  stopping: AbortSignal
}

/** Serves one kind of interactive request, one at a time, with a trainer of its own; resolves when that has left, after `stopping`. */
export async function runRequestSlot<Data>(deps: RequestSlotDeps<Data>): Promise<void> {
  const { consumer, startTrainer, idleMs, log, stopping } = deps
  const trainer = createIdleTrainer({ start: startTrainer, stopping, ...(idleMs !== undefined && { idleMs }) })
  while (!stopping.aborted)
    try {
      const request = await consumer.next()
      if (request) await serve(request, { ...deps, idleTrainer: trainer })
      else await consumer.wait(stopping)
    } catch (error) {
      log.error({ err: error }, 'fetching a request failed')
      await delay(FETCH_RETRY_MS, undefined, { signal: stopping }).catch(() => {})
    }
  await trainer.leave()
}

type ServeDeps<Data> = RequestSlotDeps<Data> & { idleTrainer: IdleTrainer }

async function serve<Data>(request: FetchedRequest<Data>, deps: ServeDeps<Data>): Promise<void> {
  const { log, stopping } = deps
  const end = await endOf(request, deps).catch((error: unknown): RequestEnd => {
    log.error({ err: error, request: request.id }, 'a request could not be sent to a trainer')
    return { type: 'crashed', how: 'before it had the request' }
  })
  if (end.type === 'answered') return request.answer(end.answer)
  if (end.type === 'failed') return request.fail(end.error)
  if (stopping.aborted) return request.requeue()
  log.warn({ request: request.id, end }, 'a trainer ended during a request; the next request starts another one')
  return request.fail(trainerLost(end))
}

async function endOf<Data>(request: FetchedRequest<Data>, deps: ServeDeps<Data>): Promise<RequestEnd> {
  const { toCommand, idleTrainer, stopping, silenceMs } = deps
  const command = await toCommand(request)
  if (command.type === 'failed') return command
  const trainer = await idleTrainer.acquire()
  try {
    if ('failed' in trainer) return { type: 'crashed', how: trainer.failed }
    return await runRequest(trainer, { command, stopping, silenceMs, onFraction: (fraction) => request.progress(fraction) })
  } finally {
    idleTrainer.release()
  }
}

const trainerLost = (end: { type: 'aborted' } | { type: 'crashed'; how: string }): ExperimentError => ({
  class: 'infrastructure',
  code: 'TRAINER_CRASHED',
  message: `The process that should answer ended ${end.type === 'crashed' ? end.how : 'early'}, without an error`,
  advice: 'Send it again. SIGKILL often means that memory ran out, so lower width, imageSize or batchSize.',
})
