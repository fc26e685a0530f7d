import type { Experiment } from '@trainyard/contracts'
import { queuePlace } from './queue-position.ts'
import type { Session } from '../terminal/session.ts'
import { styledState } from '../terminal/state-colour.ts'

/** Prints what a command has queued, and how to follow it. */
export function showSubmitted(experiment: Experiment, { session, watch }: { session: Session; watch: boolean }): void {
  const { id, state, parent, warnings } = experiment
  if (session.json) return session.printJson(watch ? { type: 'submitted', data: experiment } : experiment)
  const place = queuePlace(experiment)
  const origin = parent && parent.epoch > 0 ? `, to continue after epoch ${parent.epoch} of ${parent.id}` : ''
  session.print(`experiment ${session.style('bold', id)} is ${styledState(state, session)}${place === null ? '' : `, ${place}`}${origin}`)
  for (const warning of warnings) session.warn(`warning: ${warning}`)
  if (!watch) session.print(`follow it: trainyard watch ${id}`)
}
