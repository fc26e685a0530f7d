import { formatBytes } from '@trainyard/contracts'
import { networkCost } from '@trainyard/planning'
import { ProblemNote } from '../service/problem-note.tsx'
import { ClassList } from './class-list.tsx'
import type { BrowserAnswer } from './use-browser-answer.ts'
import type { ExperimentWithModel } from './models/use-experiments-with-model.ts'

interface BrowserAnswerProps {
  experiment: ExperimentWithModel
  answer: BrowserAnswer
  hasPhoto: boolean
  onAsk: () => void
}

/** This browser's prediction for the photo, which is not sent. */
export function BrowserAnswerCard({ experiment, answer: { loading, classes, error }, hasPhoto, onAsk }: BrowserAnswerProps) {
  // a byte for each weight
  const size = formatBytes(networkCost(experiment.config).parameters)
  return (
    <section className="card answer" aria-label="In this browser" aria-busy={loading.stage === 'loading'}>
      <h2>In this browser</h2>
      <div className="answer-body">
        {loading.stage === 'none' && (
          <p>
            <button type="button" onClick={onAsk}>
              Compute it in this browser
            </button>{' '}
            <span className="muted">loads the model, about {size}, and its runtime, 0.2 MiB</span>
          </p>
        )}
        {loading.stage === 'loading' && <LoadProgress progress={loading.progress} size={size} />}
        {loading.stage === 'failed' && <ProblemNote error={loading.error} />}
        {loading.stage === 'ready' && !classes && error === null && (
          <p className="muted">{hasPhoto ? 'Computing …' : 'The model is loaded. Choose a photo.'}</p>
        )}
        <ProblemNote error={error} />
        {classes && <ClassList classes={classes} />}
      </div>
      <p className="muted small">
        The photo is not sent: it stays in this page.
        {loading.stage === 'ready' &&
          ` The model has ${formatBytes(loading.loaded.bytes)}, a byte for each weight, and stays in this browser's cache; ${BACKENDS[loading.loaded.model.backend]} computes it.`}
      </p>
    </section>
  )
}

const BACKENDS = { webgl: 'WebGL', cpu: 'JavaScript' }

function LoadProgress({ progress, size }: { progress: { bytes: number; of: number | null } | null; size: string }) {
  const { bytes = 0, of = null } = progress ?? {}
  return (
    <p>
      <progress aria-label="Loading the model" {...(of !== null && { value: bytes, max: of })} /> {formatBytes(bytes)} of{' '}
      {of === null ? `about ${size}` : formatBytes(of)}
    </p>
  )
}
