import type { ExperimentEvent } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import type { ExperimentStore } from './experiment-store.ts'

/** One event as it goes out: `json` is the text of the event's `data`, made once for all subscribers. */
export interface FeedEvent {
  /** Sorts within its experiment; what Last-Event-ID brings back. */
  id: string
  type: ExperimentEvent['type']
  json: string
}

export interface EventFeed {
  /**
   * All events of an experiment after `afterEventId` (null: from its beginning), then those to come; ends after `end` or when the signal aborts.
   * A `snapshot` comes first where the wanted id is no longer held.
   */
  subscribe(id: string, options: { afterEventId: string | null; signal: AbortSignal }): AsyncIterable<FeedEvent>
  close(): Promise<void>
}

/** `redis` must be a connection of its own: it blocks on reads. */
export function createEventFeed(_deps: {
  redis: Redis
  store: ExperimentStore
  prefix?: string
  onError: (error: unknown) => void
}): EventFeed {
  throw new Error('not written yet')
}
