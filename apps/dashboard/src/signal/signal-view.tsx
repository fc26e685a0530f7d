import type { ProbeRequest } from '@trainyard/contracts'
import { useMemo, useState } from 'react'
import { useSearchParams } from 'wouter'
import { Page } from '../parts/page.tsx'
import { ProbeFields } from './probe-fields.tsx'
import { addressFor, NOTEBOOK_PROBE, readProbe, textsFrom } from './format-probe.ts'
import { SignalResults } from './signal-results.tsx'
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
        A deep network learns only what reaches its output. Here is its size in untrained networks, by depth.
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
