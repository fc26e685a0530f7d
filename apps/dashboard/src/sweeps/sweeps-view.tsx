import { useInfiniteQuery } from '@tanstack/react-query'
import type { SweepSummary } from '@trainyard/contracts'
import { Link } from 'wouter'
import { Empty } from '../parts/empty.tsx'
import '../styles/linked-rows.css'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'
import { StateBadge } from '../parts/state-badge.tsx'
import { EXAMPLE_COMMAND } from './example-sweep.ts'
import { objectiveName } from '../parts/format-objective.ts'
import { StartExample } from './start-example.tsx'
import './sweeps.css'

const RUNNING_MS = 2500
/** One can be started from a terminal at any time. */
const IDLE_MS = 10_000
const PAGE_SIZE = 50

/** All sweeps, the newest first. */
export function SweepsView() {
  const client = useClient()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['sweeps'],
    queryFn: ({ pageParam }) => client.sweeps.list({ pageSize: PAGE_SIZE, pageToken: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextPageToken }) => nextPageToken ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((sweep) => sweep.state === 'running')) ? RUNNING_MS : IDLE_MS,
  })
  const sweeps = data?.pages.flatMap(({ items }) => items)
  const isEmpty = sweeps?.length === 0
  return (
    <Page title="Sweeps" actions={isEmpty ? undefined : <StartExample />}>
      <ProblemNote error={error} />
      {isEmpty && (
        <Empty title="No sweeps yet">
          <p>A sweep runs many experiments that differ in some fields, and shows which is best. In a terminal:</p>
          <pre className="command" tabIndex={0}>
            {EXAMPLE_COMMAND}
          </pre>
          <p>Or here, small enough for any machine:</p>
          <div className="row example">
            <StartExample />
          </div>
        </Empty>
      )}
      {sweeps && !isEmpty && (
        <section className="card" aria-label="All sweeps">
          <SweepList sweeps={sweeps} />
          {hasNextPage && (
            <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Older sweeps
            </button>
          )}
        </section>
      )}
    </Page>
  )
}

const SweepList = ({ sweeps }: { sweeps: readonly SweepSummary[] }) => (
  <div className="wide" tabIndex={0} role="region" aria-label="Sweeps">
    <table className="linked-rows">
      <thead>
        <tr>
          {['Sweep', 'State', 'Trials', 'Strategy', 'For the best', 'Created'].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sweeps.map(({ id, name, state, created, ended, trials, strategy, objective, createdAt }) => (
          <tr key={id}>
            <th scope="row">
              <Link href={`/sweeps/${id}`} className="row-link">
                {name ?? id}
              </Link>
            </th>
            <td>
              <StateBadge state={state} />
            </td>
            <td className="trials">
              <progress max={trials} value={ended} aria-label={`${ended} of ${trials} trials have ended`} /> {ended} of {trials} ended
              {created < trials && `, ${created} created`}
            </td>
            <td>{strategy}</td>
            <td>{objectiveName(objective)}</td>
            <td>
              <time dateTime={createdAt}>{new Date(createdAt).toLocaleString()}</time>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
