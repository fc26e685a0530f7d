import type { Experiment } from '@trainyard/client'
import { isTerminal } from '@trainyard/contracts'

export type LifecycleCommand = 'pause' | 'resume' | 'cancel' | 'retry' | 'replay' | 'fork'

/** The commands that this state allows: docs/api.md has the table. */
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
  const commands: LifecycleCommand[] = ['pause', 'resume', 'cancel', 'retry', 'replay', 'fork']
  return commands.filter((command) => allowed[command])
}
