import type { ChartData } from './chart-data.ts'
import { type Axes, type Curve, shortNumber } from './chart-options.ts'

/** Which curve is which, and what each is at the cursor, else at its end. */
export function ChartLegend(props: { curves: readonly Curve[]; axes: Axes; data: ChartData; index: number | null }) {
  const { curves, axes, data, index } = props
  const { formatX = shortNumber, formatY = shortNumber } = axes
  const x = index === null ? undefined : data[0][index]
  return (
    <figcaption className="legend" aria-live="polite">
      <span className="legend-x">
        {axes.x} {x === undefined ? '–' : formatX(x)}
      </span>
      {curves.map(({ label, look, faint }, i) => {
        if (faint) return null
        const ys = data[i + 1] ?? []
        const y = index === null ? ys.findLast((each) => each != null) : ys[index]
        return (
          <span key={label} className="legend-item">
            <svg width="24" height="8" aria-hidden="true">
              <line x1="0" x2="24" y1="4" y2="4" stroke={`var(${look.colour})`} strokeWidth="3" strokeDasharray={look.dash.join(' ')} />
            </svg>
            {label} <b>{y == null ? '–' : formatY(y)}</b>
          </span>
        )
      })}
    </figcaption>
  )
}
