import type { LineStyle } from './palette.ts'

/** A curve's colour and dash, as the chart draws it; a dot for marks. */
export const Swatch = ({ style, marks = false }: { style: LineStyle; marks?: boolean }) => (
  <svg width="24" height="8" aria-hidden="true">
    {marks ? (
      <circle cx="12" cy="4" r="4" fill={`var(${style.colour})`} />
    ) : (
      <line x1="0" x2="24" y1="4" y2="4" stroke={`var(${style.colour})`} strokeWidth="3" strokeDasharray={style.dash.join(' ')} />
    )}
  </svg>
)
