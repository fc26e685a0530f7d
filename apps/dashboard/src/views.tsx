import { lazy, Suspense } from 'react'
import { Link, Route, Switch } from 'wouter'
import { ExperimentsView } from './experiments/experiments-view.tsx'
import { Page } from './parts/page.tsx'

// what the first page does not need comes when it is gone to
const ExperimentView = lazy(async () => ({ default: (await import('./experiment/experiment-view.tsx')).ExperimentView }))
const ForkView = lazy(async () => ({ default: (await import('./new/fork/fork-view.tsx')).ForkView }))
const NewView = lazy(async () => ({ default: (await import('./new/new-view.tsx')).NewView }))
const CompareView = lazy(async () => ({ default: (await import('./compare/compare-view.tsx')).CompareView }))
const SweepsView = lazy(async () => ({ default: (await import('./sweeps/sweeps-view.tsx')).SweepsView }))
const SweepView = lazy(async () => ({ default: (await import('./sweeps/sweep-view.tsx')).SweepView }))
const SignalView = lazy(async () => ({ default: (await import('./signal/signal-view.tsx')).SignalView }))
const TryView = lazy(async () => ({ default: (await import('./try/try-view.tsx')).TryView }))
const WorkersView = lazy(async () => ({ default: (await import('./workers/workers-view.tsx')).WorkersView }))

/** The view that the address names. */
export function Views() {
  return (
    <Suspense fallback={<p className="muted">Loading …</p>}>
      <Switch>
        <Route path="/">
          <ExperimentsView />
        </Route>
        <Route path="/experiments/:id/fork">{({ id }) => <ForkView key={id} id={id} />}</Route>
        <Route path="/experiments/:id">{({ id }) => <ExperimentView key={id} id={id} />}</Route>
        <Route path="/new">
          <NewView />
        </Route>
        <Route path="/compare">
          <CompareView />
        </Route>
        <Route path="/sweeps">
          <SweepsView />
        </Route>
        <Route path="/sweeps/:id">{({ id }) => <SweepView key={id} id={id} />}</Route>
        <Route path="/signal">
          <SignalView />
        </Route>
        <Route path="/try">
          <TryView />
        </Route>
        <Route path="/workers">
          <WorkersView />
        </Route>
        <Route>
          <Page title="No such page">
            <p>
              There is no page at this address. <Link href="/">All experiments</Link>
            </p>
          </Page>
        </Route>
      </Switch>
    </Suspense>
  )
}
