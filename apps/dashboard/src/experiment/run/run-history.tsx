import type { Experiment } from '@trainyard/client'
import { historyOf } from '../curves/history.ts'

/** All that happened to it, in order. */
export function RunHistory({ experiment }: { experiment: Experiment }) {
  return (
    <section className="card" aria-label="History">
      <h2>History</h2>
      <ol className="history">
        {historyOf(experiment).map(({ at, words, details }) => (
          <li key={`${at} ${words}`}>
            <time dateTime={at}>{new Date(at).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' })}</time> {words}
            {details.length > 0 && (
              <ul className="muted">
                {details.map((detail) => (
                  <li key={detail}>{detail}</li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}
