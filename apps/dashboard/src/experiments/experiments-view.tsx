import { ExperimentListQuery } from '@trainyard/contracts'
import { useCallback, useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { Empty } from '../parts/empty.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../service/problem-note.tsx'
import { ExperimentFilters, type Filters } from './experiment-filters.tsx'
import { useExperimentPage, useSparklines } from './experiment-list.ts'
import { ExperimentsTable } from './experiments-table.tsx'
import { FirstExperiment } from './first-experiment.tsx'
import { SelectionBar } from './selection-bar.tsx'
import './experiments.css'

const PAGE_SIZE = 50
/** Filters and order from the URL; invalid values are left out. */
const AddressQuery = ExperimentListQuery.pick({ state: true, tag: true, owner: true, q: true, sort: true }).partial()

/** All experiments, page by page; filters and order are in the URL, so that a view can be shared. */
export function ExperimentsView() {
  const [search, setSearch] = useSearchParams()
  const query = AddressQuery.safeParse(Object.fromEntries(search)).data ?? {}
  const { sort = '-createdAt', ...filters } = query
  /** Tokens of the pages that were turned, the first one's left out. */
  const [turned, setTurned] = useState<readonly string[]>([])
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const { data, error, isPlaceholderData } = useExperimentPage({ ...filters, sort, pageSize: PAGE_SIZE, pageToken: turned.at(-1) })
  const experiments = data?.items ?? []
  const losses = useSparklines(experiments)
  const select = useCallback(
    (ids: readonly string[], on: boolean) =>
      setSelected((before) => new Set(on ? [...before, ...ids] : [...before].filter((id) => !ids.includes(id)))),
    [],
  )
  function ask(next: Filters & { sort: typeof sort }): void {
    setTurned([])
    setSearch(Object.entries(next).flatMap(([name, value]) => (value === undefined || value === '-createdAt' ? [] : [[name, value]])))
  }

  const filtered = Object.values(filters).some((each) => each !== undefined)
  const isResult = !sort.endsWith('createdAt')
  return (
    <Page
      title="Experiments"
      actions={
        <Link className="button primary" href="/new">
          New experiment
        </Link>
      }
    >
      <ExperimentFilters filters={filters} onChange={(next) => ask({ ...next, sort })} />
      <SelectionBar ids={[...selected]} onClear={() => setSelected(new Set())} />
      {data === undefined && error !== null && <ProblemNote error={error} />}
      {data === undefined && error === null && <p className="muted">Loading …</p>}
      {data !== undefined && experiments.length === 0 && turned.length === 0 && !filtered && !isResult && <FirstExperiment />}
      {data !== undefined && experiments.length === 0 && (turned.length > 0 || filtered || isResult) && (
        <NothingFits more={data.nextPageToken !== null} onAll={() => ask({ sort: '-createdAt' })} />
      )}
      {experiments.length > 0 && (
        <ExperimentsTable
          {...{ experiments, losses, sort, selected }}
          onSort={(next) => ask({ ...filters, sort: next })}
          onSelect={select}
        />
      )}
      {data !== undefined && (turned.length > 0 || data.nextPageToken !== null) && (
        <nav className="row pages" aria-label="Pages" aria-busy={isPlaceholderData}>
          <button type="button" disabled={turned.length === 0} onClick={() => setTurned(turned.slice(0, -1))}>
            Back
          </button>
          <span>Page {turned.length + 1}</span>
          <button
            type="button"
            disabled={data.nextPageToken === null || isPlaceholderData}
            onClick={() => data.nextPageToken !== null && setTurned([...turned, data.nextPageToken])}
          >
            Further
          </button>
          {isResult && <span className="muted">Sorted by a result: only those that have ended with one are listed.</span>}
        </nav>
      )}
    </Page>
  )
}

const NothingFits = ({ more, onAll }: { more: boolean; onAll: () => void }) => (
  <Empty title={more ? 'No match so far' : 'No experiment matches'}>
    <p>
      {more ? 'There are more: open the next page.' : 'Fewer filters show more. Sorted by a result, only ended experiments are listed.'}
    </p>
    <button type="button" onClick={onAll}>
      Show all
    </button>
  </Empty>
)
