import type { Experiment } from '@trainyard/client'
import { formatSeconds, isTerminal, type Progress } from '@trainyard/contracts'
import { ConfigChips } from '../../parts/config-chips.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
import { REASONS } from '../curves/history.ts'
import { RunControls } from './run-controls.tsx'

/** Where the run is, and what can be done with it. Its height is the same in every state. */
export function RunStatus({ experiment, live }: { experiment: Experiment; live: Progress | null }) {
  const { state, reason, config, error } = experiment
  // what came live is older than the record of one that has ended
  const progress = isTerminal(state) ? experiment.progress : (live ?? experiment.progress)
  return (
    <section className="card run-status" aria-label="Status">
      <div className="row">
        <StateBadge state={state} />
        <span>{REASONS[reason]}</span>
      </div>
      <ConfigChips config={config} />
      <p className="hidden" role="status">
        {`The experiment is ${state}: ${REASONS[reason]}`}
      </p>
      <div className="row run-progress">
        <progress value={progress.fraction} aria-label="Progress" />
        <span>{formatProgress(experiment, progress)}</span>
      </div>
      <div className="run-actions">
        <RunControls experiment={experiment} />
        {error && (
          <div className="fault">
            <b>{error.code}</b> ({error.class}): {error.message}. {error.advice}
          </div>
        )}
      </div>
    </section>
  )
}

function formatProgress({ state, queuePosition, startsInSeconds, throttledBy }: Experiment, progress: Progress): string {
  const { phase, epoch, epochs, step, stepsPerEpoch, etaSeconds, secondsPerEpoch } = progress
  const pace = secondsPerEpoch === null ? [] : [`${formatSeconds(secondsPerEpoch)} an epoch`]
  if (state === 'queued') {
    if (throttledBy !== null) return `throttled: the limit of its ${throttledBy} is reached`
    const starts = startsInSeconds === null ? [] : [`starts in about ${formatSeconds(startsInSeconds)}`]
    return [queuePosition === null ? 'waits' : `place ${queuePosition} in the queue`, ...starts].join(' · ')
  }
  const where = [`epoch ${epoch} of ${epochs}`, ...(state === 'running' ? [`step ${step} of ${stepsPerEpoch}`] : [])]
  const left = state === 'running' && etaSeconds !== null ? [`about ${formatSeconds(etaSeconds)} left`] : []
  return [...(state === 'running' ? [phase] : []), ...where, ...pace, ...left].join(' · ')
}
