import type { Probe } from '@trainyard/client'
import type { ProbeRequest } from '@trainyard/contracts'
import { useMemo, useState } from 'react'
import { Chart } from '../charts/chart.tsx'
import type { Axes } from '../charts/chart-options.ts'
import { ProblemNote } from '../service/problem-note.tsx'
import { PickedCell } from './picked-cell.tsx'
import { type SignalCell, signalCells } from './signal-cells.ts'
import { signalCurves } from './signal-curves.ts'
import { SignalTable } from './signal-table.tsx'
import { formatLargestGap, formatNorm, formatKind } from './format-signal.ts'

interface SignalResultsProps {
  request: ProbeRequest
  probe: Probe | undefined
  isMeasuring: boolean
  error: unknown
  isLinear: boolean
  onLinear: (linear: boolean) => void
}

/** Prediction and measurement as a plot and as a table, and the point that was picked in either. */
export function SignalResults({ request, probe, isMeasuring, error, isLinear, onLinear }: SignalResultsProps) {
  const results = probe?.results
  const cells = useMemo(() => signalCells(request, results ?? []), [request, results])
  const curves = useMemo(() => signalCurves(cells), [cells])
  const axes = useMemo(
    (): Axes => ({ x: 'depth', y: 'output norm', logY: !isLinear, wholeX: true, formatX: String, formatY: formatNorm }),
    [isLinear],
  )
  const [picked, setPicked] = useState<Pick<SignalCell, 'norm' | 'bias' | 'depth'> | null>(null)
  const cell = cells.find((each) => picked && formatKind(each) === formatKind(picked) && each.depth === picked.depth) ?? null
  return (
    <>
      <section className="card" aria-label="Output norm by depth">
        <div className="row signal-state">
          <p aria-live="polite">{isMeasuring ? <Measuring probe={probe} /> : formatLargestGap(cells, request)}</p>
          <label className="end">
            <input type="checkbox" checked={!isLinear} onChange={({ target }) => onLinear(!target.checked)} /> logarithmic
          </label>
        </div>
        {probe?.error && (
          <p className="fault" role="alert">
            {probe.error.message}. {probe.error.advice}
          </p>
        )}
        <ProblemNote error={error} />
        <Chart
          label="Output norm by depth, predicted as lines and measured as marks"
          curves={curves}
          axes={axes}
          onPick={({ curve, x }) => {
            const kind = curves[curve]?.kind
            if (kind) setPicked({ ...kind, depth: x })
          }}
        />
        <PickedCell cell={cell} request={request} />
      </section>
      <section className="card" aria-label="Table">
        <SignalTable cells={cells} picked={cell} onPick={setPicked} />
      </section>
    </>
  )
}

const Measuring = ({ probe }: { probe: Probe | undefined }) => (
  <>
    <progress max={1} value={probe?.fraction ?? 0} aria-label="Measured so far" />{' '}
    {probe?.state === 'running' ? `measuring, ${Math.floor(probe.fraction * 100)} %` : 'waiting for a worker'}
  </>
)
