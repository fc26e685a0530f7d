import { useState } from 'react'
import type { ChartData } from './chart-data.ts'
import { type Axes, type Curve, shortNumber } from './chart-options.ts'

const MAX_ROWS = 500

/** The same as a table, for those who read better than they see; made only when it is opened. */
export function ChartNumbers({ curves, axes, data }: { curves: readonly Curve[]; axes: Axes; data: ChartData }) {
  const [open, setOpen] = useState(false)
  const { formatX = shortNumber, formatY = shortNumber } = axes
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The numbers</summary>
      {open && (
        <div className="scroll" tabIndex={0} role="region" aria-label="The numbers">
          <table>
            <thead>
              <tr>
                <th scope="col">{axes.x}</th>
                {curves.map(({ label }) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data[0].slice(0, MAX_ROWS).map((x, i) => (
                <tr key={x}>
                  <th scope="row">{formatX(x)}</th>
                  {curves.map(({ label }, curve) => {
                    const y = data[curve + 1]?.[i]
                    return <td key={label}>{y == null ? '' : formatY(y)}</td>
                  })}
                </tr>
              ))}
            </tbody>
          </table>
          {data[0].length > MAX_ROWS && <p className="muted">The first {MAX_ROWS}; the downloads have all.</p>}
        </div>
      )}
    </details>
  )
}
