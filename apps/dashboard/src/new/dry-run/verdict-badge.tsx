import type { DryRun } from '@trainyard/client'

/** A sign beside the colour, for those who see no colours. */
const SIGNS: Record<DryRun['signal']['verdict'], string> = { healthy: '✓', fading: '↘', vanishing: '✕', exploding: '✕' }

/** What the signal will do. */
export const VerdictBadge = ({ verdict }: { verdict: DryRun['signal']['verdict'] }) => (
  <span className={`badge verdict-${verdict}`}>
    <span aria-hidden="true">{SIGNS[verdict]}</span> {verdict}
  </span>
)
