import type { Experiment } from '@trainyard/client'
import { Page } from '../../parts/page.tsx'
import { Downloads } from '../files/downloads.tsx'
import { Layers } from '../layers/layers.tsx'
import { LogLines } from '../files/log-lines.tsx'
import { RunCharts } from './run-charts.tsx'
import { RunFacts } from './run-facts.tsx'
import { RunHistory } from './run-history.tsx'
import { RunLabels } from './run-labels.tsx'
import { RunStatus } from './run-status.tsx'
import { useRun } from './use-run.ts'

/** One experiment, live: where it is, its curves, its layers, what it said, what it is. */
export function Run({ experiment }: { experiment: Experiment }) {
  const view = useRun(experiment.id)
  return (
    <Page title={experiment.name ?? `Experiment ${experiment.id.slice(0, 12)}`}>
      <RunStatus experiment={experiment} live={view.progress} />
      <div className="run">
        <div>
          <RunCharts experiment={experiment} view={view} />
          <Layers config={experiment.config} epochs={view.layers} />
          <LogLines lines={view.logs} />
        </div>
        <div>
          <RunFacts experiment={experiment} />
          <Downloads experiment={experiment} />
          <RunLabels experiment={experiment} />
          <RunHistory experiment={experiment} />
        </div>
      </div>
    </Page>
  )
}
