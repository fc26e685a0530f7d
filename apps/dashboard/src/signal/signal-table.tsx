import { Swatch } from '../charts/swatch.tsx'
import type { SignalCell } from './signal-cells.ts'
import { lineStyleOfKind } from './signal-curves.ts'
import { formatNorm, formatKind, formatMeasured } from './format-signal.ts'

interface SignalTableProps {
  cells: readonly SignalCell[]
  picked: SignalCell | null
  onPick: (cell: SignalCell) => void
}

/** The notebook's table: a row for each depth, a column for each kind of network. */
export function SignalTable({ cells, picked, onPick }: SignalTableProps) {
  const kinds = [...Map.groupBy(cells, formatKind)]
  const depths = kinds[0]?.[1].map(({ depth }) => depth) ?? []
  return (
    <div className="wide" tabIndex={0} role="region" aria-label="Output norms">
      <table className="signal-table">
        <caption className="muted">
          Output norm, mean ± standard deviation over the draws, and what was predicted. Press one to pick it.
        </caption>
        <thead>
          <tr>
            <th scope="col">Depth</th>
            {kinds.map(([words, [kind]]) => (
              <th key={words} scope="col">
                {kind && <Swatch style={lineStyleOfKind(kind)} />} {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {depths.map((depth, row) => (
            <tr key={depth}>
              <th scope="row">{depth}</th>
              {kinds.map(([words, own]) => {
                const cell = own[row]
                return <td key={words}>{cell && <CellButton cell={cell} isPicked={cell === picked} onPick={onPick} />}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const CellButton = ({ cell, isPicked, onPick }: { cell: SignalCell; isPicked: boolean; onPick: (cell: SignalCell) => void }) => (
  <button
    type="button"
    className="signal-cell"
    aria-pressed={isPicked}
    aria-label={`Depth ${cell.depth}, ${formatKind(cell)}: ${cell.measured ? formatMeasured(cell) : 'not measured yet'}, predicted ${formatNorm(cell.predicted)}`}
    onClick={() => onPick(cell)}
  >
    <span>{formatMeasured(cell)}</span> <span className="muted">predicted {formatNorm(cell.predicted)}</span>
  </button>
)
