import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FeedEvent } from '@trainyard/jobs'

const COMMENT_INTERVAL_MS = 15_000
const MAX_BUFFERED_BYTES = 2 ** 20
const RECONNECT_DELAY_MS = 2000

/** The open event streams of a server: one timer for all, and one close for all. */
export interface EventStreams {
  /** Writes events until they end, the client leaves or the streams are closed; resolves then. */
  send(response: ServerResponse, subscribe: (signal: AbortSignal) => AsyncIterable<FeedEvent>): Promise<void>
  close(): void
}

export function createEventStreams({ drainTimeoutMs }: { drainTimeoutMs: number }): EventStreams {
  const open = new Map<ServerResponse, AbortController>()
  const closing = new AbortController()
  const comments = setInterval(() => {
    for (const response of open.keys()) response.write(': still here\n\n')
  }, COMMENT_INTERVAL_MS).unref()

  return {
    async send(response, subscribe) {
      const gone = new AbortController()
      response.once('close', () => gone.abort())
      // A write may fail because the client has just left; `close` follows.
      response.on('error', () => {})
      response.write(`retry: ${RECONNECT_DELAY_MS}\n\n`)
      try {
        if (closing.signal.aborted || response.destroyed) return
        open.set(response, gone)
        await writeEvents(response, { events: subscribe(gone.signal), drainTimeoutMs })
      } finally {
        open.delete(response)
        response.end()
      }
    },
    close() {
      closing.abort()
      clearInterval(comments)
      for (const stream of open.values()) stream.abort()
    },
  }
}

async function writeEvents(
  response: ServerResponse,
  { events, drainTimeoutMs }: { events: AsyncIterable<FeedEvent>; drainTimeoutMs: number },
): Promise<void> {
  for await (const { id, type, json } of events) {
    response.write(`id: ${id}\nevent: ${type}\ndata: ${json}\n\n`)
    if (response.writableLength > MAX_BUFFERED_BYTES && !(await drains(response, drainTimeoutMs))) {
      // A slow reader is disconnected rather than buffered; it reconnects with Last-Event-ID.
      response.destroy()
      return
    }
  }
}

/** A long history may exceed the buffer for a moment: only a client that does not take it in time is too slow. */
function drains(response: ServerResponse, timeoutMs: number): Promise<boolean> {
  return once(response, 'drain', { signal: AbortSignal.timeout(timeoutMs) }).then(
    () => true,
    () => false,
  )
}
