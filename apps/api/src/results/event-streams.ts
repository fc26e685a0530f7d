import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FeedEvent } from '@trainyard/jobs'

const COMMENT_EVERY_MS = 15_000
const MAX_BUFFERED_BYTES = 2 ** 20
const RECONNECT_AFTER_MS = 2000

/** The open event streams of a server: one timer for all, and a way to end all. */
export interface EventStreams {
  /** Writes events until they end, the client leaves or the streams are closed; resolves then. */
  send(response: ServerResponse, subscribe: (signal: AbortSignal) => AsyncIterable<FeedEvent>): Promise<void>
  close(): void
}

export function createEventStreams({ drainWithinMs }: { drainWithinMs: number }): EventStreams {
  const open = new Map<ServerResponse, AbortController>()
  const closing = new AbortController()
  const comments = setInterval(() => {
    for (const response of open.keys()) response.write(': still here\n\n')
  }, COMMENT_EVERY_MS).unref()

  return {
    async send(response, subscribe) {
      const gone = new AbortController()
      response.once('close', () => gone.abort())
      // A write may meet a client that has just left; `close` tells of that.
      response.on('error', () => {})
      response.write(`retry: ${RECONNECT_AFTER_MS}\n\n`)
      try {
        if (closing.signal.aborted || response.destroyed) return
        open.set(response, gone)
        await writeEvents(response, { events: subscribe(gone.signal), drainWithinMs })
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
  { events, drainWithinMs }: { events: AsyncIterable<FeedEvent>; drainWithinMs: number },
): Promise<void> {
  for await (const { id, type, json } of events) {
    response.write(`id: ${id}\nevent: ${type}\ndata: ${json}\n\n`)
    if (response.writableLength > MAX_BUFFERED_BYTES && !(await drains(response, drainWithinMs))) {
      // Whoever reads too slowly is cut rather than held in memory; it comes back with Last-Event-ID.
      response.destroy()
      return
    }
  }
}

/** A long history may exceed the buffer for a moment: only a client that does not take it in time is too slow. */
function drains(response: ServerResponse, withinMs: number): Promise<boolean> {
  return once(response, 'drain', { signal: AbortSignal.timeout(withinMs) }).then(
    () => true,
    () => false,
  )
}
