import type { FeedEvent } from './stream-entry.ts'

/** A slow subscriber keeps at most this many events here; past that it reads from the experiment's own stream again. */
const MAX_WAITING = 1000

export interface SubscriberBuffer {
  push(event: FeedEvent): void
  /** Live events no longer follow on the delivered ones: after an outage, or when the subscriber was too slow. */
  markLagged(): void
  /** `behind` first, and whenever the subscriber must read the experiment's own stream before it goes on; ends when the signal aborts. */
  events(): AsyncGenerator<FeedEvent | 'lagged'>
}

/** The events that one subscriber has yet to take. */
export function createSubscriberBuffer(signal: AbortSignal): SubscriberBuffer {
  let waiting: FeedEvent[] = []
  let behind = true
  let wake = (): void => {}

  const woken = (): Promise<void> =>
    new Promise((resolve) => {
      wake = () => {
        signal.removeEventListener('abort', wake)
        resolve()
      }
      signal.addEventListener('abort', wake, { once: true })
    })

  function markLagged(): void {
    behind = true
    waiting = []
    wake()
  }

  return {
    markLagged,
    push(event) {
      if (behind) return
      if (waiting.length >= MAX_WAITING) return markLagged()
      waiting.push(event)
      wake()
    },
    async *events() {
      while (!signal.aborted) {
        if (behind) {
          behind = false
          yield 'lagged'
          continue
        }
        const event = waiting.shift()
        if (event) yield event
        else await woken()
      }
    },
  }
}
