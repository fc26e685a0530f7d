import { type Epoch, epochNumbers, type ExperimentEvent, isAfterEvent } from '@trainyard/contracts'
import { ProblemError, UnexpectedAnswerError, UnreachableError } from './errors.ts'
import { readEvents } from './event-connection.ts'
import type { Http } from './http.ts'

const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 5000

export interface WatchOptions {
  /** Go on after this event; without it, from the experiment's beginning. */
  lastEventId?: string | null
  signal?: AbortSignal
  /** Called each time the connection is lost and will be tried again. */
  onReconnect?: (reason: unknown) => void
}

export interface WatchedEvent {
  /** What `lastEventId` takes to go on after this event. */
  id: string | null
  event: ExperimentEvent
}

/**
 * Everything that happens to an experiment, each event once, until its `end` or until the signal aborts. A first connection that fails throws; one
 * that breaks later is taken up again after the last event seen, for as long as it takes, unless the service refuses.
 */
export async function* watchEvents(http: Http, { id, ...options }: WatchOptions & { id: string }): AsyncGenerator<WatchedEvent> {
  const { signal, onReconnect } = options
  let lastEventId = options.lastEventId ?? null
  let connectedBefore = false
  let failures = 0
  for (;;) {
    try {
      for await (const watched of readEvents(http, { id, lastEventId, signal, onOpen: () => (connectedBefore = true) })) {
        failures = 0
        if (isRepeated(watched, lastEventId)) continue
        lastEventId = watched.id ?? lastEventId
        yield watched
        if (watched.event.type === 'end') return
      }
      if (signal?.aborted) return
      onReconnect?.(null)
    } catch (error) {
      if (signal?.aborted) return
      if (!connectedBefore || !mayPass(error)) throw error
      onReconnect?.(error)
    }
    await pause(backoffMs(failures++), signal)
    if (signal?.aborted) return
  }
}

/** The epochs among events, each once; those of a snapshot that were told before are left out, unless their numbers are others now. */
export async function* epochsOf(events: AsyncIterable<WatchedEvent>): AsyncGenerator<Epoch> {
  const told = new Map<number, string>()
  for await (const { event } of events) {
    const epochs = event.type === 'epoch' ? [event.data] : event.type === 'snapshot' ? event.data.epochs : []
    for (const epoch of epochs) {
      const numbers = epochNumbers(epoch)
      if (told.get(epoch.epoch) === numbers) continue
      told.set(epoch.epoch, numbers)
      yield epoch
    }
  }
}

/** True where a service or a proxy begins anew although it was told where to go on; a snapshot stands for what cannot be told again. */
function isRepeated({ id, event }: WatchedEvent, lastEventId: string | null): boolean {
  if (event.type === 'snapshot' || event.type === 'end') return false
  return id !== null && lastEventId !== null && !isAfterEvent(id, lastEventId)
}

/** A service away, restarting or short of Redis comes back; a refusal stays one. */
function mayPass(error: unknown): boolean {
  if (error instanceof ProblemError) return error.problem.status >= 500
  if (error instanceof UnexpectedAnswerError) return error.status >= 500
  return error instanceof UnreachableError || error instanceof TypeError
}

/** Doubles up to the cap; the random half keeps a thousand watchers from returning in the same moment. */
function backoffMs(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS) * (0.5 + Math.random() / 2)
}

function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, durationMs)
    signal?.addEventListener('abort', done)
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
  })
}
