import type { Experiment } from '@trainyard/client'
import { isTerminal } from '@trainyard/contracts'

export type LifecycleCommand = 'pause' | 'resume' | 'cancel' | 'retry' | 'replay' | 'fork'

/** What may be wished for in this state: docs/api.md has the table. */
export function commandsFor({ state, forkPoints, latest }: Pick<Experiment, 'state' | 'forkPoints' | 'latest'>): LifecycleCommand[] {
  const allowed: Record<LifecycleCommand, boolean> = {
    pause: state === 'queued' || state === 'running',
    resume: state === 'paused',
    cancel: ['queued', 'running', 'pausing', 'paused'].includes(state),
    retry: isTerminal(state),
    // without an epoch there is nothing to compare
    replay: isTerminal(state) && latest !== null,
    fork: forkPoints.length > 0,
  }
  const wishes: LifecycleCommand[] = ['pause', 'resume', 'cancel', 'retry', 'replay', 'fork']
  return wishes.filter((wish) => allowed[wish])
}
