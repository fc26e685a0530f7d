import type { ExperimentState } from '@trainyard/client'

/** A sign beside the colour, for those who see no colours. */
const SIGNS: Record<ExperimentState, string> = {
  queued: '◷',
  running: '▶',
  pausing: '‖',
  paused: '‖',
  canceling: '⊘',
  completed: '✓',
  failed: '✕',
  canceled: '⊘',
}

export const StateBadge = ({ state }: { state: ExperimentState }) => (
  <span className={`badge state-${state}`}>
    <span aria-hidden="true">{SIGNS[state]}</span> {state}
  </span>
)
