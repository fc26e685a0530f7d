import type { Prediction } from '@trainyard/client'
import { formatBytes, PHOTO_LIMIT_BYTES } from '@trainyard/contracts'
import { ProblemNote } from '../service/problem-note.tsx'
import { ClassList } from './class-list.tsx'
import type { Photo } from './photo/photo.ts'

interface ServiceAnswerProps {
  photo: Photo | null
  classes: Prediction['classes'] | null
  error: unknown
  isAsking: boolean
  isSent: boolean
  onSent: (isSent: boolean) => void
}

/** The service's prediction for the photo, and how long the photo stays there. */
export function ServiceAnswer({ photo, classes, error, isAsking, isSent, onSent }: ServiceAnswerProps) {
  const isTooLarge = photo !== null && photo.file.size > PHOTO_LIMIT_BYTES
  return (
    <section className="card answer" aria-label="By the service" aria-busy={isAsking}>
      <h2>By the service</h2>
      <label>
        <input type="checkbox" checked={isSent} onChange={(event) => onSent(event.currentTarget.checked)} /> Send photos to the service
      </label>
      <div className="answer-body">
        {!isSent && <p className="muted">The photo is not sent.</p>}
        {isSent && isTooLarge && (
          <p className="fault" role="alert">
            The photo has {formatBytes(photo.file.size)}, and the service takes at most {formatBytes(PHOTO_LIMIT_BYTES)}: it is not sent.
            This browser can still compute it.
          </p>
        )}
        {isAsking && <p className="muted">A worker classifies it …</p>}
        {isSent && <ProblemNote error={error} />}
        {isSent && classes && <ClassList classes={classes} />}
      </div>
      <p className="muted small">
        The photo goes to the service, and through its Redis to one worker. It is read there once, and deleted after a minute at the latest.
        No log and no experiment stores it; the append-only file of Redis has its bytes until Redis rewrites that file.
      </p>
    </section>
  )
}
