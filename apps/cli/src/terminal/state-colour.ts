import type { ExperimentState } from '@trainyard/contracts'
import type { Session } from './session.ts'

const COLOURS: Record<ExperimentState, Parameters<Session['style']>[0]> = {
  queued: 'yellow',
  running: 'cyan',
  pausing: 'yellow',
  paused: 'yellow',
  canceling: 'yellow',
  completed: 'green',
  failed: 'red',
  canceled: 'yellow',
}

export function styledState(state: ExperimentState, { style }: Pick<Session, 'style'>): string {
  return style(COLOURS[state], state)
}
