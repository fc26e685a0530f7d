import type { DryRun } from '@trainyard/client'
import { formatBytes, formatCount, formatSeconds } from '@trainyard/contracts'
import { useId } from 'react'
import { ProblemNote } from '../../service/problem-note.tsx'
import { ShapeFlow } from './shape-flow-list.tsx'
import { SignalForecastPlot } from './signal-forecast-plot.tsx'
import { VerdictBadge } from './verdict-badge.tsx'

const NOTHING = '–'

/** What an experiment will be and cost, before it is queued. */
export function DryRunCard({
  dryRun,
  error,
  isAsking,
  isStale,
}: {
  dryRun: DryRun | null
  error: unknown
  isAsking: boolean
  isStale: boolean
}) {
  const heading = useId()
  return (
    <section className="card dry-run" aria-labelledby={heading} aria-busy={isAsking}>
      <div className="row">
        <h2 id={heading}>Dry run</h2>
        <span className="muted end" role="status">
          {isStale ? 'From the last valid fields' : isAsking ? 'Checking …' : ''}
        </span>
      </div>
      <div className="verdict">
        {dryRun && (
          <>
            <VerdictBadge verdict={dryRun.signal.verdict} /> {dryRun.signal.advice}
          </>
        )}
        {dryRun === null && <ProblemNote error={error} />}
      </div>
      <ShapeFlow shapes={dryRun?.shapes ?? null} />
      <DryRunFacts dryRun={dryRun} />
      <div className="forecast">{dryRun && <SignalForecastPlot layers={dryRun.signal.layers} />}</div>
      {dryRun !== null && <ProblemNote error={error} />}
      <ul className="warnings">
        {dryRun?.warnings.map((warning) => (
          <li key={warning}>⚠ {warning}</li>
        ))}
      </ul>
    </section>
  )
}

function DryRunFacts({ dryRun }: { dryRun: DryRun | null }) {
  const facts: [string, string][] = [
    ['parameters', dryRun ? formatCount(dryRun.parameters) : NOTHING],
    ['memory', dryRun ? `at most ${formatBytes(dryRun.memoryBytes)}` : NOTHING],
    ['steps', dryRun ? `${formatCount(dryRun.counts.stepsPerEpoch)} per epoch, ${formatCount(dryRun.counts.steps)} in all` : NOTHING],
    ['time', dryRun ? `about ${formatSeconds(secondsOf(dryRun))}` : NOTHING],
    ['first layer', dryRun ? `${dryRun.config.firstLayer}. ${dryRun.firstLayer.reason}` : NOTHING],
  ]
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Of the way that the experiment will take, whichever is the faster one. */
const secondsOf = ({ config, firstLayer }: DryRun): number | null =>
  config.firstLayer === 'dual' ? firstLayer.dualSeconds : firstLayer.directSeconds
