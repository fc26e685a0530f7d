import type { LogLine } from '@trainyard/contracts'
import { useLayoutEffect, useRef } from 'react'

const NEAR_PX = 40

/** What worker and trainer say, the newest at the bottom; it stays there unless the reader has scrolled up. */
export function LogLines({ lines }: { lines: readonly LogLine[] }) {
  const box = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  useLayoutEffect(() => {
    const element = box.current
    if (element && follows.current) element.scrollTop = element.scrollHeight
  }, [lines])
  return (
    <section className="card" aria-label="Log">
      <h2>Log</h2>
      <div
        ref={box}
        className="log"
        role="region"
        aria-label="Log lines"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          follows.current = scrollTop + clientHeight > scrollHeight - NEAR_PX
        }}
      >
        {lines.length === 0 && <p className="muted">The worker and the trainer have logged nothing.</p>}
        {lines.map(({ at, level, message }, i) => (
          // equal lines with the same time differ only in their index
          // oxlint-disable-next-line react/no-array-index-key
          <div key={`${i} ${at}`} className={`log-line log-${level}`}>
            <time dateTime={at}>{new Date(at).toLocaleTimeString()}</time> <b>{level}</b> {message}
          </div>
        ))}
      </div>
    </section>
  )
}
