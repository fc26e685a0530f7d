import type { ToTrainer } from '@trainyard/contracts'
import type { Logger } from 'pino'
import type { AbortReason } from './attempt-end.ts'
import type { TrainerProcess } from '../trainers/trainer-process.ts'

type AbortMode = Extract<ToTrainer, { type: 'abort' }>['mode']

const MODE: Record<AbortReason, AbortMode> = {
  cancel: 'immediate',
  stop: 'immediate',
  lost: 'immediate',
  time_limit: 'immediate',
  stalled: 'immediate',
  write_failed: 'immediate',
  drain: 'graceful',
  pause: 'epoch_end',
}
const URGENCY: Record<AbortMode, number> = { epoch_end: 0, graceful: 1, immediate: 2 }
/** Then it is killed. A draining trainer finishes its epoch and writes a checkpoint; a pausing one may take an epoch's time, however long. */
const ABORT_TIMEOUT_MS: Record<AbortMode, number | null> = { epoch_end: null, graceful: 20_000, immediate: 5000 }

export interface TrainerAbort {
  /** Of two reasons the more urgent one counts, of equal ones the first; but a lost lease, which forbids every further write, always. */
  abort(why: AbortReason): void
  reason(): AbortReason | null
  /** The trainer has ended its run. */
  done(): void
}

/** Has a trainer end its run, as fast as the reason requires. */
export function createTrainerAbort({ trainer, runId, log }: { trainer: TrainerProcess; runId: string; log: Logger }): TrainerAbort {
  let reason: AbortReason | null = null
  let killer: NodeJS.Timeout | undefined
  let isOver = false
  return {
    reason: () => reason,
    done() {
      isOver = true
      clearTimeout(killer)
    },
    abort(why) {
      const mode = MODE[why]
      const isMoreUrgent = reason === null || URGENCY[mode] > URGENCY[MODE[reason]]
      if (isMoreUrgent || why === 'lost') reason = why
      // a reason that comes with the last writes or a late renewal still counts, but by then the trainer may run another experiment
      if (!isMoreUrgent || isOver) return
      log.info({ reason }, 'the trainer is aborted')
      trainer.send({ type: 'abort', runId, mode })
      clearTimeout(killer)
      const timeoutMs = ABORT_TIMEOUT_MS[mode]
      if (timeoutMs !== null) killer = setTimeout(() => trainer.kill(), timeoutMs)
    },
  }
}
