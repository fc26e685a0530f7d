import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { openBlockingConnection } from '../redis/connect-redis.ts'
import { keysOf } from '../redis/keys.ts'
import { BEGINNING } from './event-replay.ts'
import { fieldsOf } from '../redis/hash-fields.ts'
import { eventFrom, type FeedEvent } from './stream-entry.ts'

const READ_COUNT = 1000
const BLOCK_MS = 2000
/** The read answers every two seconds, so a connection that is silent for longer is dead, even if its socket is open. */
const SILENT_MS = 10_000
const RETRY_MS = 1000

export interface FeedReaderOptions {
  redis: Redis
  prefix: string
  /** `makeEvent` makes the event's text; call it at most once, for all subscribers. */
  onEvent: (experimentId: string, makeEvent: () => FeedEvent) => void
  /** Events may have been missed. */
  onGap: () => void
  onError: (error: unknown) => void
}

/** Reads the feed of all experiments for as long as the process lives. */
export function startFeedReader({ redis, prefix, onEvent, onGap, onError }: FeedReaderOptions) {
  const blocking = openBlockingConnection(redis, { silentMs: SILENT_MS })
  const key = keysOf(prefix).feed
  const stop = new AbortController()

  async function readFrom(from: string): Promise<string> {
    const reply = await blocking.xread('COUNT', READ_COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', key, from)
    const entries = reply?.[0]?.[1] ?? []
    for (const [, flat] of entries) {
      const fields = fieldsOf(flat)
      onEvent(fields.experiment ?? '', () => eventFrom(fields.event ?? '', fields))
    }
    return entries.at(-1)?.[0] ?? from
  }

  async function loop(from: string): Promise<void> {
    blocking.on('ready', onGap)
    let last = from
    while (!stop.signal.aborted) {
      try {
        last = await readFrom(last)
      } catch (error) {
        if (stop.signal.aborted) return
        onError(error)
        await delay(RETRY_MS, undefined, { signal: stop.signal }).catch(() => {})
      }
    }
  }

  const started = blocking.xrevrange(key, '+', '-', 'COUNT', 1)
  const running = started.then(([last]) => loop(last?.[0] ?? BEGINNING)).catch(onError)
  return {
    started,
    async close(): Promise<void> {
      stop.abort()
      blocking.disconnect()
      await running
    },
  }
}
