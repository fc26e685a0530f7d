import type { ToTrainer } from '@trainyard/contracts'
import type { Logger } from 'pino'
import type { AbortReason } from './attempt-end.ts'
import type { TrainerProcess } from '../trainers/trainer-process.ts'

type Leave = Extract<ToTrainer, { type: 'abort' }>['leave']

const LEAVE: Record<AbortReason, Leave> = {
  ...{ cancel: 'now', stop: 'now', lost: 'now', time_limit: 'now', stalled: 'now', unwritable: 'now' },
  drain: 'soon',
  pause: 'after_epoch',
}
const URGENCY: Record<Leave, number> = { after_epoch: 0, soon: 1, now: 2 }
/** Then it is killed. A draining trainer finishes its epoch and writes a checkpoint; a pausing one may take an epoch's time, however long. */
const OBEY_WITHIN_MS: Record<Leave, number | null> = { after_epoch: null, soon: 20_000, now: 5000 }

export interface TrainerStop {
  /** Of two reasons the more urgent one counts, of equal ones the first; but a lost lease, which forbids every further write, always. */
  abort(why: AbortReason): void
  reason(): AbortReason | null
  /** The trainer has ended its run. */
  done(): void
}

/** Has a trainer leave its run, as fast as the reason wants it. */
export function createTrainerStop({ trainer, runId, log }: { trainer: TrainerProcess; runId: string; log: Logger }): TrainerStop {
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
      const leave = LEAVE[why]
      const isMoreUrgent = reason === null || URGENCY[leave] > URGENCY[LEAVE[reason]]
      if (isMoreUrgent || why === 'lost') reason = why
      // what the last writes or a late renewal say still counts, but by then the trainer may run another experiment
      if (!isMoreUrgent || isOver) return
      log.info({ reason }, 'the trainer is told to stop')
      trainer.send({ type: 'abort', runId, leave })
      clearTimeout(killer)
      const withinMs = OBEY_WITHIN_MS[leave]
      if (withinMs !== null) killer = setTimeout(() => trainer.kill(), withinMs)
    },
  }
}
