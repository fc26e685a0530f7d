import type { Sweep } from '@trainyard/client'
import { isTerminal } from '@trainyard/contracts'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Link, useLocation } from 'wouter'
import { Chart } from '../charts/chart.tsx'
import type { Axes } from '../charts/chart-options.ts'
import '../styles/linked-rows.css'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'
import { StateBadge } from '../parts/state-badge.tsx'
import { CancelSweep } from './cancel-sweep.tsx'
import { NormLabTable } from './norm-lab-table.tsx'
import { formatValue, objectiveName } from '../parts/format-objective.ts'
import { formatSweep } from './format-sweep.ts'
import './sweeps.css'
import { trialCurves } from './trial-curves.ts'
import { inEndOrder, bestIds } from './trial-order.ts'
import { TrialTable } from './trial-table.tsx'

const POLL_INTERVAL_MS = 2000
const COMPARED = 10

/** One sweep: how far it has come, what was best, and every trial. */
export function SweepView({ id }: { id: string }) {
  const client = useClient()
  const { data: sweep, error } = useQuery({
    queryKey: ['sweep', id],
    queryFn: () => client.sweeps.get(id),
    refetchInterval: ({ state }) => (isOpen(state.data) ? POLL_INTERVAL_MS : false),
  })
  if (!sweep)
    return (
      <Page title={`Sweep ${id}`}>
        <ProblemNote error={error} />
      </Page>
    )
  const best = bestIds(sweep, COMPARED)
  const actions = (
    <>
      <CancelSweep sweep={sweep} />
      {best.length > 1 && <Link href={`/compare?ids=${best.join(',')}&measure=${sweep.objective}`}>Compare the best {best.length}</Link>}
    </>
  )
  return (
    <Page title={sweep.name ?? `Sweep ${sweep.id}`} actions={actions}>
      <p className="sweep-words">
        <StateBadge state={sweep.state} /> {formatSweep(sweep)}
      </p>
      <TrialChart sweep={sweep} />
      {sweep.request.preset === 'norm-lab' && (
        <NormLabTable id={sweep.id} ended={sweep.ended} refetchInterval={isOpen(sweep) ? POLL_INTERVAL_MS : false} />
      )}
      <section className="card" aria-label="All trials">
        <TrialTable sweep={sweep} />
      </section>
    </Page>
  )
}

/** Of a canceled one the trials stop within seconds. */
const isOpen = (sweep: Sweep | undefined): boolean =>
  sweep !== undefined && (sweep.state === 'running' || sweep.items.some(({ state }) => state !== null && !isTerminal(state)))

function TrialChart({ sweep }: { sweep: Sweep }) {
  const { items, objective } = sweep
  const [, navigate] = useLocation()
  const curves = useMemo(() => trialCurves(sweep), [sweep])
  const trials = useMemo(() => inEndOrder(items), [items])
  const axes = useMemo(
    (): Axes => ({
      x: 'trials that have ended',
      y: objectiveName(objective),
      wholeX: true,
      formatY: (value) => formatValue(value, objective),
    }),
    [objective],
  )
  const goTo = (x: number): void => {
    const id = trials[Math.round(x) - 1]?.experimentId
    if (id != null) navigate(`/experiments/${id}`)
  }
  return (
    <section className="card" aria-labelledby="best-so-far">
      <h2 id="best-so-far">Best {objectiveName(objective)} so far</h2>
      <Chart label={`Best ${objectiveName(objective)} after each trial`} curves={curves} axes={axes} onPick={({ x }) => goTo(x)} />
      <p className="muted">
        From left to right the trials in the order in which they ended; running ones come last, by their numbers. A click on a point, or
        Enter, goes to its experiment.
      </p>
    </section>
  )
}
