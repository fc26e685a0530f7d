import { type Epoch, epochNumbers, type ExperimentEvent, isAfterEvent } from '@trainyard/contracts'
import { readEvents } from './event-connection.ts'
import type { CallOptions, Http } from './http.ts'
import { isTransient, MAX_ATTEMPTS, pause, retryDelayMs } from './retry.ts'

export interface WatchOptions extends CallOptions {
  /**
   * Go on after this event.
   * @default null, from the experiment's beginning
   */
  lastEventId?: string | null
  /**
   * Try the first connection for as long as it takes, as later ones; otherwise it fails after three tries.
   * @default false
   */
  waitForService?: boolean
  /** Called each time the connection is lost and will be tried again. */
  onReconnect?: (reason: unknown) => void
}

export interface WatchedEvent {
  /** What `lastEventId` takes to go on after this event. */
  id: string | null
  event: ExperimentEvent
}

/**
 * Everything that happens to an experiment, each event once, until its `end` or until the signal aborts. A connection that breaks is taken up again
 * after the last event seen, for as long as it takes, unless the service refuses.
 */
export async function* watchEvents(http: Http, { id, ...options }: WatchOptions & { id: string }): AsyncGenerator<WatchedEvent> {
  const { signal, onReconnect } = options
  let lastEventId = options.lastEventId ?? null
  let isPatient = options.waitForService ?? false
  for (let failures = 0; ; failures++) {
    let reason: unknown = null
    try {
      for await (const watched of readEvents(http, { id, lastEventId, signal, onOpen: () => (isPatient = true) })) {
        failures = 0
        if (isRepeated(watched, lastEventId)) continue
        lastEventId = watched.id ?? lastEventId
        yield watched
        if (watched.event.type === 'end') return
      }
    } catch (error) {
      if (signal?.aborted) return
      if (!isTransient(error) || (!isPatient && failures + 1 >= MAX_ATTEMPTS)) throw error
      reason = error
    }
    if (signal?.aborted) return
    onReconnect?.(reason)
    await pause(retryDelayMs(reason, failures), signal)
    if (signal?.aborted) return
  }
}

/** The epochs among events, each once; a snapshot's known epochs are left out, unless their numbers have changed. */
export async function* epochsOf(events: AsyncIterable<WatchedEvent>): AsyncGenerator<Epoch> {
  const yielded = new Map<number, string>()
  for await (const { event } of events) {
    const epochs = event.type === 'epoch' ? [event.data] : event.type === 'snapshot' ? event.data.epochs : []
    for (const epoch of epochs) {
      const numbers = epochNumbers(epoch)
      if (yielded.get(epoch.epoch) === numbers) continue
      yielded.set(epoch.epoch, numbers)
      yield epoch
    }
  }
}

/** True where a service or a proxy starts from the beginning in spite of Last-Event-ID; a snapshot stands for events that cannot be replayed. */
function isRepeated({ id, event }: WatchedEvent, lastEventId: string | null): boolean {
  if (event.type === 'snapshot' || event.type === 'end') return false
  return id !== null && lastEventId !== null && !isAfterEvent(id, lastEventId)
}
