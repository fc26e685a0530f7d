import type { Probe } from '@trainyard/client'
import type { ProbeRequest } from '@trainyard/contracts'
import { useMemo, useState } from 'react'
import { useSearchParams } from 'wouter'
import { Chart } from '../chart.tsx'
import type { Axes } from '../chart-options.ts'
import { Page } from '../page.tsx'
import { ProblemNote } from '../problem-note.tsx'
import { PickedCell } from './picked-cell.tsx'
import { ProbeFields } from './probe-fields.tsx'
import { addressFor, NOTEBOOK_PROBE, readProbe, textsFrom } from './probe-texts.ts'
import { type SignalCell, signalCells } from './signal-cells.ts'
import { signalCurves } from './signal-curves.ts'
import { SignalTable } from './signal-table.tsx'
import { apartWords, formatNorm, kindWords } from './signal-words.ts'
import './signal.css'
import { useProbe } from './use-probe.ts'

/** How much of the signal reaches the output of a fresh network, by depth, norm and bias: predicted at once, measured on demand. */
export function SignalView() {
  const [address, setAddress] = useSearchParams()
  const texts = useMemo(() => textsFrom(address), [address])
  const { request, faults } = useMemo(() => readProbe(texts), [texts])
  const isLinear = address.get('axis') === 'linear'
  const shown = useLatest(request) ?? NOTEBOOK_PROBE
  const { probe, error, isMeasuring, measure } = useProbe(shown)

  function write(changed: typeof texts, linear: boolean): void {
    const query = addressFor(changed)
    if (linear) query.set('axis', 'linear')
    setAddress(query, { replace: true })
  }
  return (
    <Page
      title="Signal lab"
      actions={
        <button type="submit" form="probe" className="primary" disabled={request === null || isMeasuring}>
          Measure
        </button>
      }
    >
      <p className="signal-intro muted">
        A deep network learns only what reaches its output. Here is how large that is in networks that nobody has trained, by depth.
      </p>
      <div className="signal-columns">
        <ProbeFields
          texts={texts}
          faults={faults}
          onChange={(field, text) => write({ ...texts, [field]: text }, isLinear)}
          onSubmit={() => request && measure()}
        />
        <div>
          <SignalResults
            request={shown}
            probe={probe}
            isMeasuring={isMeasuring}
            error={error}
            isLinear={isLinear}
            onLinear={(linear) => write(texts, linear)}
          />
        </div>
      </div>
    </Page>
  )
}

/** The last one that could be read: a field that is being typed takes nothing off the page. */
function useLatest(request: ProbeRequest | null): ProbeRequest | null {
  const [latest, setLatest] = useState(request)
  if (request && request !== latest) setLatest(request)
  return request ?? latest
}

interface SignalResultsProps {
  request: ProbeRequest
  probe: Probe | undefined
  isMeasuring: boolean
  error: unknown
  isLinear: boolean
  onLinear: (linear: boolean) => void
}

function SignalResults({ request, probe, isMeasuring, error, isLinear, onLinear }: SignalResultsProps) {
  const results = probe?.results
  const cells = useMemo(() => signalCells(request, results ?? []), [request, results])
  const curves = useMemo(() => signalCurves(cells), [cells])
  const axes = useMemo(
    (): Axes => ({ x: 'depth', y: 'output norm', logY: !isLinear, wholeX: true, formatX: String, formatY: formatNorm }),
    [isLinear],
  )
  const [picked, setPicked] = useState<Pick<SignalCell, 'norm' | 'bias' | 'depth'> | null>(null)
  const cell = cells.find((each) => picked && kindWords(each) === kindWords(picked) && each.depth === picked.depth) ?? null
  return (
    <>
      <section className="card" aria-label="Output norm by depth">
        <div className="row signal-state">
          <p aria-live="polite">{isMeasuring ? <Measuring probe={probe} /> : apartWords(cells, request)}</p>
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
