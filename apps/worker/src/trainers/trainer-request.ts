import type { ExperimentError, ToTrainer } from '@trainyard/contracts'
import type { RunMessage, TrainerProcess } from './trainer-process.ts'

const ABORT_TIMEOUT_MS = 5000

/** What a trainer does while a person waits. */
export type RequestCommand = Extract<ToTrainer, { type: 'probe' | 'predict' | 'samples' }>

export type RequestEnd =
  | { type: 'answered'; answer: unknown }
  | { type: 'failed'; error: ExperimentError }
  | { type: 'aborted' }
  | { type: 'crashed'; how: string }

interface RunRequestOptions {
  command: RequestCommand
  /** Has the trainer stop. */
  stopping: AbortSignal
  /** A trainer that sends nothing for this long hangs, and is killed. */
  silenceMs: number
  /** Share of the work that is done. */
  onFraction: (fraction: number) => void
}

/** Has a trainer serve one interactive request; resolves with how that ended. */
export async function runRequest(
  trainer: TrainerProcess,
  { command, stopping, silenceMs, onFraction }: RunRequestOptions,
): Promise<RequestEnd> {
  const end = Promise.withResolvers<RequestEnd>()
  const silence = setTimeout(() => trainer.kill(), silenceMs)
  let killer: NodeJS.Timeout | undefined

  function onMessage(message: RunMessage): void {
    trainer.send({ type: 'ack', count: 1 })
    if (message.runId !== command.runId) return
    silence.refresh()
    if (message.type === 'phase' && message.phase === 'evaluate') onFraction(message.fraction)
    if (message.type === 'probed') end.resolve({ type: 'answered', answer: message.results })
    if (message.type === 'sampled') end.resolve({ type: 'answered', answer: message.answer })
    if (message.type === 'predicted') end.resolve({ type: 'answered', answer: message.prediction })
    if (message.type === 'aborted' || message.type === 'failed') end.resolve(message)
  }

  const stop = (): void => {
    trainer.send({ type: 'abort', runId: command.runId, mode: 'immediate' })
    killer = setTimeout(() => trainer.kill(), ABORT_TIMEOUT_MS)
  }

  trainer.listen({ onMessage, onEnd: (how) => end.resolve({ type: 'crashed', how }) })
  trainer.send(command)
  stopping.addEventListener('abort', stop, { once: true })
  if (stopping.aborted) stop()
  const how = await end.promise
  clearTimeout(silence)
  clearTimeout(killer)
  stopping.removeEventListener('abort', stop)
  return how
}
