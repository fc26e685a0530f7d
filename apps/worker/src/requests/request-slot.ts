import { setTimeout as delay } from 'node:timers/promises'
import type { ExperimentError } from '@trainyard/contracts'
import type { FetchedRequest, RequestConsumer } from '@trainyard/jobs'
import type { Logger } from 'pino'
import { askTrainer, type RequestCommand, type RequestEnd } from '../trainers/trainer-request.ts'
import type { TrainerProcess } from '../trainers/trainer-process.ts'
import { createWarmTrainer, type WarmTrainer } from '../trainers/idle-trainer.ts'

const FETCH_RETRY_MS = 1000

export interface RequestSlotDeps<Data> {
  source: RequestConsumer<Data>
  /** What the trainer is asked, or why it need not be. */
  commandOf: (question: FetchedRequest<Data>) => Promise<RequestCommand | { type: 'failed'; error: ExperimentError }>
  startTrainer: () => Promise<TrainerProcess>
  /** A trainer that says nothing for so long is killed. */
  silentMs: number
  /** A trainer without work for so long leaves. */
  idleMs?: number
  log: Logger
  /** Aborts when the worker takes no more work. */
  stopping: AbortSignal
}

/** Answers one kind of question, one at a time, with a trainer of its own; resolves when that has left, after `stopping`. */
export async function runRequestSlot<Data>(deps: RequestSlotDeps<Data>): Promise<void> {
  const { source, startTrainer, idleMs, log, stopping } = deps
  const warm = createWarmTrainer({ start: startTrainer, stopping, ...(idleMs !== undefined && { idleMs }) })
  while (!stopping.aborted)
    try {
      const question = await source.next()
      if (question) await serve(question, { ...deps, warm })
      else await source.wait(stopping)
    } catch (error) {
      log.error({ err: error }, 'fetching a question failed')
      await delay(FETCH_RETRY_MS, undefined, { signal: stopping }).catch(() => {})
    }
  await warm.leave()
}

type Serving<Data> = RequestSlotDeps<Data> & { warm: WarmTrainer }

async function serve<Data>(question: FetchedRequest<Data>, deps: Serving<Data>): Promise<void> {
  const { log, stopping } = deps
  const end = await endOf(question, deps).catch((error: unknown): RequestEnd => {
    log.error({ err: error, question: question.id }, 'a question could not be put to a trainer')
    return { type: 'crashed', how: 'before it could be asked' }
  })
  if (end.type === 'answered') return question.answer(end.answer)
  if (end.type === 'failed') return question.fail(end.error)
  if (stopping.aborted) return question.giveBack()
  log.warn({ question: question.id, end }, 'a trainer ended while it answered; the next question starts another one')
  return question.fail(lost(end))
}

async function endOf<Data>(question: FetchedRequest<Data>, deps: Serving<Data>): Promise<RequestEnd> {
  const { commandOf, warm, stopping, silentMs } = deps
  const command = await commandOf(question)
  if (command.type === 'failed') return command
  const trainer = await warm.take()
  try {
    if ('failed' in trainer) return { type: 'crashed', how: trainer.failed }
    return await askTrainer(trainer, { command, stopping, silentMs, onFraction: (fraction) => question.tell(fraction) })
  } finally {
    warm.rest()
  }
}

const lost = (end: { type: 'aborted' } | { type: 'crashed'; how: string }): ExperimentError => ({
  class: 'infrastructure',
  code: 'TRAINER_CRASHED',
  message: `The process that should answer ended ${end.type === 'crashed' ? end.how : 'early'}, without a word`,
  advice: 'Ask again. SIGKILL often means that memory ran out, so lower width, imageSize or batchSize.',
})
