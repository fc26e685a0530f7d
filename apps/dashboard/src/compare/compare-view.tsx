import { isTerminal } from '@trainyard/contracts'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useSearchParams } from 'wouter'
import { Chart } from '../charts/chart.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'
import { type CompareChoice, readChoice, writeChoice } from './compare-choice.ts'
import { CompareControls } from './compare-controls.tsx'
import './compare.css'
import '../styles/linked-rows.css'
import { objectiveName } from '../parts/format-objective.ts'
import { comparedAxes, comparedCurves } from './compared-curves.ts'
import { ComparedTable } from './compared-table.tsx'
import { RunPicker } from './run-picker.tsx'

const POLL_INTERVAL_MS = 2000

/** Curves of several runs over each other, and the fields in which they differ. */
export function CompareView() {
  const [address, setAddress] = useSearchParams()
  const choice = useMemo(() => readChoice(address), [address])
  const change = (changes: Partial<CompareChoice>): void => setAddress(writeChoice({ ...choice, ...changes }), { replace: !changes.ids })
  if (choice.ids.length > 0) return <ComparedRuns choice={choice} onChange={change} />
  return (
    <Page title="Compare">
      <section className="card" aria-labelledby="choose">
        <h2 id="choose">Choose the runs to compare</h2>
        <RunPicker compared={[]} onChoose={(ids) => change({ ids })} />
      </section>
    </Page>
  )
}

function ComparedRuns({ choice, onChange }: { choice: CompareChoice; onChange: (changes: Partial<CompareChoice>) => void }) {
  const client = useClient()
  const { ids, measure, by, log, smoothing } = choice
  const { data, error } = useQuery({
    queryKey: ['compare', ids],
    queryFn: () => client.experiments.compare(ids),
    refetchInterval: ({ state }) => (state.data?.experiments.some((each) => !isTerminal(each.state)) ? POLL_INTERVAL_MS : false),
    placeholderData: keepPreviousData,
  })
  const curves = useMemo(() => (data ? comparedCurves(data, { measure, by, smoothing }) : []), [data, measure, by, smoothing])
  const axes = useMemo(() => comparedAxes({ measure, by, log }), [measure, by, log])
  const isEmpty = data !== undefined && curves.every(({ x }) => x.length === 0)
  // what was typed may be a prefix or latest
  const full = data?.experiments.map(({ id }) => id) ?? ids
  const remove = (id: string): void => onChange({ ids: full.filter((each) => each !== id) })
  const runs = full.length === 1 ? '1 run' : `${full.length} runs`
  return (
    <Page title={`Compare ${runs}`}>
      <section className="card" aria-label="Curves">
        <CompareControls choice={choice} onChange={onChange} />
        <ProblemNote error={error} />
        {error !== null && !data && <Asked ids={ids} onRemove={remove} />}
        <div className="compared-curves">
          {data && (
            <Chart
              label={`${objectiveName(measure)} of ${runs} by ${by === 'time' ? 'training time' : 'epoch'}`}
              curves={curves}
              axes={axes}
            />
          )}
        </div>
        {isEmpty && <p className="muted">No values yet: no epoch has ended, or these runs do not evaluate.</p>}
      </section>
      {data && (
        <section className="card" aria-label="What differs">
          <ComparedTable comparison={data} onRemove={remove} />
          {data.differing.length === 0 && data.experiments.length > 1 && <p className="muted">Their configs are equal.</p>}
        </section>
      )}
      {(data !== undefined || error !== null) && <AddRuns compared={full} onAdd={(more) => onChange({ ids: [...full, ...more] })} />}
    </Page>
  )
}

/** One of them is not there: which, the service has said. */
const Asked = ({ ids, onRemove }: { ids: readonly string[]; onRemove: (id: string) => void }) => (
  <ul className="row asked">
    {ids.map((id) => (
      <li key={id}>
        {id}{' '}
        <button type="button" aria-label={`Remove ${id}`} onClick={() => onRemove(id)}>
          Remove
        </button>
      </li>
    ))}
  </ul>
)

function AddRuns({ compared, onAdd }: { compared: readonly string[]; onAdd: (ids: string[]) => void }) {
  const [open, setOpen] = useState(false)
  return (
    <details className="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Add runs</summary>
      {open && <RunPicker key={compared.join(',')} compared={compared} onChoose={onAdd} />}
    </details>
  )
}
