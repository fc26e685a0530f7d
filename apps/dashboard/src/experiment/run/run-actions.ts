import type { Experiment } from '@trainyard/client'
import { isTerminal } from '@trainyard/contracts'

export type Wish = 'pause' | 'resume' | 'cancel' | 'retry' | 'replay' | 'fork'

/** What may be wished for in this state: docs/api.md has the table. */
export function wishesFor({ state, kept, latest }: Pick<Experiment, 'state' | 'kept' | 'latest'>): Wish[] {
  const allowed: Record<Wish, boolean> = {
    pause: state === 'queued' || state === 'running',
    resume: state === 'paused',
    cancel: ['queued', 'running', 'pausing', 'paused'].includes(state),
    retry: isTerminal(state),
    // without an epoch there is nothing to compare
    replay: isTerminal(state) && latest !== null,
    fork: kept.length > 0,
  }
  const wishes: Wish[] = ['pause', 'resume', 'cancel', 'retry', 'replay', 'fork']
  return wishes.filter((wish) => allowed[wish])
}
