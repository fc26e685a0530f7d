import type { Experiment } from '@trainyard/client'
import { type Attempt, type AttemptOutcome, type StateReason } from '@trainyard/contracts'

/** A line of an experiment's history. */
export interface HistoryEntry {
  at: string
  words: string
  details: readonly string[]
}

export const REASONS: Record<StateReason, string> = {
  submitted: 'submitted',
  forked: 'submitted as a fork',
  claimed: 'claimed by a worker',
  pause_requested: 'pause requested: it runs to the end of its epoch',
  paused_by_user: 'paused by a user',
  resumed: 'queued again by a user',
  cancel_requested: 'cancel requested',
  canceled_by_user: 'canceled by a user',
  finished: 'all epochs are done',
  stopped_early: 'stopped early by its sweep',
  user_error: 'its config cannot be run',
  infrastructure_error: 'the infrastructure failed',
  time_limit: 'its time limit was reached',
  worker_lost: 'its worker was lost',
  drained: 'its worker drains and requeued it',
  retry: 'queued again after a failure of the infrastructure',
}

const OUTCOMES: Record<AttemptOutcome, string> = {
  completed: 'completed',
  failed: 'failed',
  canceled: 'canceled',
  paused: 'paused',
  worker_lost: 'worker lost',
  drained: 'drained: requeued by its worker',
  infrastructure_error: 'failed by the infrastructure',
}

/** Changes of state and attempts, by time; of the same moment the change first. */
export function historyOf({ transitions, attempts }: Pick<Experiment, 'transitions' | 'attempts'>): HistoryEntry[] {
  const changes = transitions.map(({ state, reason, at }) => ({ at, words: `${state}: ${REASONS[reason]}`, details: [] }))
  const entries: HistoryEntry[] = [...changes, ...attempts.map(attemptEntry)]
  // stable: equal times stay as they are here
  return entries.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

function attemptEntry(attempt: Attempt): HistoryEntry {
  const { number, workerId, startedAt, outcome, resumedFromEpoch, repeated, engine, environmentChanged } = attempt
  const resumed =
    resumedFromEpoch === null ? [] : [resumedFromEpoch === 0 ? 'began from the start' : `resumed from epoch ${resumedFromEpoch}`]
  return {
    at: startedAt,
    words: `attempt ${number}: ${outcome === null ? 'under way' : OUTCOMES[outcome]}`,
    details: [
      `worker ${workerId}`,
      ...(engine ? [`TensorFlow ${engine.version} (${engine.name}) on ${engine.device}, ${engine.threads} threads`] : []),
      ...resumed,
      ...(repeated ? [formatRepeated(repeated)] : []),
      ...(environmentChanged ? ['another environment than the attempt before: last digits may differ'] : []),
    ],
  }
}

function formatRepeated({ firstEpoch, lastEpoch, matched }: NonNullable<Attempt['repeated']>): string {
  const which = firstEpoch === lastEpoch ? `epoch ${firstEpoch}` : `epochs ${firstEpoch} to ${lastEpoch}`
  return `ran ${which} again, ${matched ? 'to the same bits' : 'to other numbers'}`
}
