import { ExperimentEvent } from '@trainyard/contracts'
import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream'
import { TimedOutError, UnexpectedAnswerError } from './errors.ts'
import { type Http, parseJson } from './http.ts'

/** The service sends a comment every 15 s: three of them missed, and the connection is dead though it looks open. */
const SILENCE_TIMEOUT_MS = 45_000

interface Connection {
  id: string
  /** The last event seen, or null to begin at the beginning. */
  lastEventId: string | null
  signal: AbortSignal | undefined
  onOpen: () => void
}

/** The events of one connection, as they come, until it ends. */
export async function* readEvents(
  http: Http,
  { id, lastEventId, signal, onOpen }: Connection,
): AsyncGenerator<{ id: string | null; event: ExperimentEvent }> {
  const silence = silenceTimer(http.baseUrl)
  try {
    const response = await http.open({
      path: `/api/v1/experiments/${encodeURIComponent(id)}/events`,
      headers: { accept: 'text/event-stream', 'last-event-id': lastEventId ?? undefined },
      signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
    })
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) throw new UnexpectedAnswerError(response)
    onOpen()
    const parser = new EventSourceParserStream({ onComment: () => silence.restart() })
    for await (const message of readAll(response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(parser))) {
      silence.restart()
      const event = ExperimentEvent.safeParse({ type: message.event, data: parseJson(message.data) })
      // An event that a newer service has and we do not know is none of ours.
      if (event.success) yield { id: message.id ?? null, event: event.data }
    }
  } finally {
    silence.stop()
  }
}

/** Browsers cannot all iterate a stream; leaving early closes the connection. */
async function* readAll(stream: ReadableStream<EventSourceMessage> | undefined): AsyncGenerator<EventSourceMessage> {
  const reader = stream?.getReader()
  if (!reader) return
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function silenceTimer(baseUrl: string) {
  const controller = new AbortController()
  const silent = (): void => controller.abort(new TimedOutError(baseUrl, { withinMs: SILENCE_TIMEOUT_MS }))
  let timer = setTimeout(silent, SILENCE_TIMEOUT_MS)
  return {
    signal: controller.signal,
    restart(): void {
      clearTimeout(timer)
      timer = setTimeout(silent, SILENCE_TIMEOUT_MS)
    },
    stop: (): void => clearTimeout(timer),
  }
}
