import { type ChartData, valueAt } from './chart-data.ts'
import { type Axes, type Curve, shortNumber } from './chart-options.ts'
import { Swatch } from './swatch.tsx'

/** Which curve is which, and what each is at the cursor, else at its end. */
export function ChartLegend(props: { curves: readonly Curve[]; axes: Axes; data: ChartData; index: number | null }) {
  const { curves, axes, data, index } = props
  const { formatX = shortNumber, formatY = shortNumber } = axes
  const x = index === null ? undefined : data[0][index]
  return (
    // announced only at the cursor: the end of a live curve changes all the time
    <figcaption className="legend" aria-live={index === null ? 'off' : 'polite'}>
      <span className="legend-x">
        {axes.x} {x === undefined ? '–' : formatX(x)}
      </span>
      {curves.map(({ label, style, faint, marks }, i) => {
        if (faint) return null
        const ys = data[i + 1] ?? []
        const y = valueAt(ys, index)
        return (
          <span key={label} className="legend-item">
            <Swatch style={style} marks={marks ?? false} /> {label} <b>{y == null ? '–' : formatY(y)}</b>
          </span>
        )
      })}
    </figcaption>
  )
}
