import type { Experiment } from '@trainyard/client'
import { formatSeconds, isTerminal } from '@trainyard/contracts'

/** How far it is, and when it will be done; of an ended one, how long it took. */
export function ProgressCell({ experiment }: { experiment: Experiment }) {
  const { state, progress, latest, queuePosition, startsInSeconds, throttledBy, startedAt, finishedAt } = experiment
  const epochs = `${latest?.epoch ?? 0} of ${progress.epochs}`
  if (isTerminal(state)) {
    const seconds = startedAt === null || finishedAt === null ? null : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
    return (
      <>
        {epochs} epochs{seconds !== null && <span className="muted"> in {formatSeconds(seconds)}</span>}
      </>
    )
  }
  if (state === 'queued' && queuePosition !== null)
    return (
      <>
        number {queuePosition} in the queue
        {startsInSeconds !== null && <span className="muted"> starts in about {formatSeconds(startsInSeconds)}</span>}
      </>
    )
  if (throttledBy !== null) return <>throttled by its {throttledBy}</>
  return (
    <>
      <progress value={progress.fraction} aria-label="progress" /> {epochs}
      <span className="muted"> {whatNow(experiment)}</span>
    </>
  )
}

function whatNow({ state, progress: { phase, etaSeconds } }: Experiment): string {
  if (state !== 'running') return ''
  if (phase !== 'train' && phase !== 'evaluate' && phase !== 'checkpoint') return phase
  return etaSeconds === null ? '' : `${formatSeconds(etaSeconds)} left`
}
