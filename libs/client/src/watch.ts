import { ExperimentEvent } from '@trainyard/contracts'
import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream'
import { ProblemError, UnreachableError } from './errors.ts'
import type { Http } from './http.ts'

const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 10_000
/** The service sends a comment every 15 s: three of them missed, and the connection is dead though nobody said so. */
const SILENT_FOR_MS = 45_000

export interface WatchOptions {
  /** Go on after this event; without it, from the experiment's beginning. */
  lastEventId?: string
  signal?: AbortSignal
  /** Called each time the connection is lost and will be tried again. */
  onReconnect?: (reason: unknown) => void
}

export interface WatchedEvent {
  id: string
  event: ExperimentEvent
}

/**
 * Everything that happens to an experiment, until its `end` or until the signal aborts. A first connection that fails throws; one that breaks later
 * is taken up again after the last event seen, for as long as it takes.
 */
export async function* watchEvents(http: Http, { id, ...options }: WatchOptions & { id: string }): AsyncGenerator<WatchedEvent> {
  const { signal, onReconnect } = options
  let { lastEventId } = options
  let connectedBefore = false
  let failures = 0
  let retryMs = FIRST_RETRY_MS
  for (;;) {
    try {
      for await (const watched of oneConnection(http, { id, lastEventId, signal, onOpen, onRetry: (ms) => (retryMs = ms) })) {
        lastEventId = watched.id || lastEventId
        failures = 0
        yield watched
        if (watched.event.type === 'end') return
      }
    } catch (error) {
      if (signal?.aborted) return
      if (!connectedBefore || !mayPass(error)) throw error
      onReconnect?.(error)
    }
    await pause(backoffMs(retryMs, failures++), signal)
    if (signal?.aborted) return
  }

  function onOpen(): void {
    connectedBefore = true
  }
}

interface Connection {
  id: string
  lastEventId: string | undefined
  signal: AbortSignal | undefined
  onOpen: () => void
  onRetry: (ms: number) => void
}

async function* oneConnection(http: Http, { id, lastEventId, signal, onOpen, onRetry }: Connection): AsyncGenerator<WatchedEvent> {
  const silence = silenceTimer()
  const either = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal
  try {
    const response = await http.send({
      path: `/api/v1/experiments/${encodeURIComponent(id)}/events`,
      headers: { accept: 'text/event-stream', 'last-event-id': lastEventId },
      signal: either,
    })
    onOpen()
    const parser = new EventSourceParserStream({ onRetry, onComment: () => silence.restart() })
    for await (const message of readAll(response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(parser))) {
      silence.restart()
      const event = ExperimentEvent.safeParse({ type: message.event, data: JSON.parse(message.data) })
      // An event that a newer service has and we do not know is none of ours.
      if (event.success) yield { id: message.id ?? '', event: event.data }
    }
  } finally {
    silence.stop()
  }
}

/** Browsers cannot all iterate a stream; leaving early lets go of the connection. */
async function* readAll(stream: ReadableStream<EventSourceMessage> | undefined): AsyncGenerator<EventSourceMessage> {
  const reader = stream?.getReader()
  if (!reader) return
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/** A service away, restarting or short of Redis comes back; a refusal stays one. */
function mayPass(error: unknown): boolean {
  if (error instanceof ProblemError) return error.problem.status >= 500
  return error instanceof UnreachableError || error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')
}

/** Doubles up to the cap; the random half keeps a thousand watchers from returning in the same moment. */
function backoffMs(firstMs: number, failures: number): number {
  return Math.min(firstMs * 2 ** failures, LONGEST_RETRY_MS) * (0.5 + Math.random() / 2)
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

function silenceTimer() {
  const controller = new AbortController()
  const silent = (): void => controller.abort(new DOMException('The stream fell silent', 'TimeoutError'))
  let timer = setTimeout(silent, SILENT_FOR_MS)
  return {
    signal: controller.signal,
    restart(): void {
      clearTimeout(timer)
      timer = setTimeout(silent, SILENT_FOR_MS)
    },
    stop: (): void => clearTimeout(timer),
  }
}
