import { isAfterEvent } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { BEGINNING, createEventReplay } from './event-replay.ts'
import type { ExperimentStore } from '../experiments/experiment-store.ts'
import { startFeedReader } from './feed-reader.ts'
import { DEFAULT_PREFIX } from '../redis/keys.ts'
import type { FeedEvent } from './stream-entry.ts'
import { createSubscriberBuffer, type SubscriberBuffer } from './subscriber-buffer.ts'

export interface EventFeed {
  /**
   * All events of an experiment after `afterEventId` (null: from its beginning), then those to come; ends after `end` or when the signal aborts.
   * A `snapshot` comes first where the requested id is no longer retained.
   */
  subscribe(id: string, options: { afterEventId: string | null; signal: AbortSignal }): AsyncIterable<FeedEvent>
  close(): Promise<void>
}

/** One blocking read for all subscribers of a process, on a connection of its own that this opens like `redis`. */
export function createEventFeed(deps: {
  redis: Redis
  store: ExperimentStore
  prefix?: string
  onError: (error: unknown) => void
}): EventFeed {
  const { redis, store, prefix = DEFAULT_PREFIX, onError } = deps
  const replay = createEventReplay({ redis, store, prefix })
  const subscribers = new Map<string, Set<SubscriberBuffer>>()

  const reader = startFeedReader({
    redis,
    prefix,
    onError,
    onEvent: (experimentId, makeEvent) => {
      const lines = subscribers.get(experimentId)
      if (!lines) return
      const event = makeEvent()
      for (const line of lines) line.push(event)
    },
    onGap: () => {
      for (const lines of subscribers.values()) for (const line of lines) line.markLagged()
    },
  })

  return {
    async *subscribe(id, { afterEventId, signal }) {
      await reader.started
      const line = createSubscriberBuffer(signal)
      const lines = subscribers.get(id) ?? new Set()
      subscribers.set(id, lines.add(line))
      try {
        yield* follow({ line, after: afterEventId ?? BEGINNING, replay: (after) => replay(id, after) })
      } finally {
        lines.delete(line)
        if (lines.size === 0) subscribers.delete(id)
      }
    },
    close: () => reader.close(),
  }
}

/** Replays, then continues live; an event in both is yielded once. */
async function* follow(options: {
  line: SubscriberBuffer
  after: string
  replay: (after: string) => AsyncGenerator<FeedEvent>
}): AsyncGenerator<FeedEvent> {
  let last = options.after
  for await (const next of options.line.events()) {
    const events = next === 'lagged' ? options.replay(last) : isAfterEvent(next.id, last) ? [next] : []
    for await (const event of events) {
      yield event
      last = event.id
      if (event.type === 'end') return
    }
  }
}
