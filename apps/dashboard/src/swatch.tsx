import type { Look } from './palette.ts'

/** A curve's colour and dash, as the chart draws it. */
export const Swatch = ({ look }: { look: Look }) => (
  <svg width="24" height="8" aria-hidden="true">
    <line x1="0" x2="24" y1="4" y2="4" stroke={`var(${look.colour})`} strokeWidth="3" strokeDasharray={look.dash.join(' ')} />
  </svg>
)
