import { isAfterEvent, isTerminal } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import type { ExperimentStore } from '../experiments/experiment-store.ts'
import { keysOf } from '../redis/keys.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'
import { fieldsOf } from '../redis/hash-fields.ts'
import { eventFrom, type FeedEvent } from './stream-entry.ts'

const PAGE_COUNT = 500
export const BEGINNING = '0-0'

interface ReplayDeps {
  redis: Redis
  store: ExperimentStore
  prefix: string
}

/** Events of an experiment's own stream after an id; a snapshot replaces those that are no longer retained. */
export function createEventReplay({ redis, store, prefix }: ReplayDeps) {
  const keys = keysOf(prefix)

  async function* retained(id: string, after: string): AsyncGenerator<FeedEvent> {
    let from = after
    while (true) {
      const page = await withRedisErrors(() => redis.xrange(keys.events(id), `(${from}`, '+', 'COUNT', PAGE_COUNT))
      for (const [eventId, fields] of page) yield eventFrom(eventId, fieldsOf(fields))
      const last = page.at(-1)
      if (!last || page.length < PAGE_COUNT) return
      from = last[0]
    }
  }

  /** Its id is the stream's last one, read before the experiment is: a repeated event is better than a missing one. */
  async function* snapshot(id: string): AsyncGenerator<FeedEvent> {
    const [last] = await withRedisErrors(() => redis.xrevrange(keys.events(id), '+', '-', 'COUNT', 1))
    const eventId = last?.[0] ?? BEGINNING
    const [experiment, epochs] = await Promise.all([store.get(id), store.epochs(id)])
    yield { id: eventId, type: 'snapshot', json: JSON.stringify({ experiment, epochs }) }
    if (isTerminal(experiment.state)) yield { id: eventId, type: 'end', json: JSON.stringify({ state: experiment.state }) }
    else yield* retained(id, eventId)
  }

  /** Whether every event after this id is still in the stream. */
  async function isRetained(id: string, after: string): Promise<boolean> {
    if (!/^\d+-\d+$/.test(after)) return false
    const [first] = await withRedisErrors(() => redis.xrange(keys.events(id), '-', '+', 'COUNT', 1))
    const [last] = await withRedisErrors(() => redis.xrevrange(keys.events(id), '+', '-', 'COUNT', 1))
    if (!first || !last || isAfterEvent(after, last[0])) return false
    // Every experiment begins with the event that it is queued: the stream is whole where that one is first.
    return !isAfterEvent(first[0], after) || (after === BEGINNING && fieldsOf(first[1]).data?.includes('"submitted"') === true)
  }

  return async function* replay(id: string, after: string): AsyncGenerator<FeedEvent> {
    if (await isRetained(id, after)) yield* retained(id, after)
    else yield* snapshot(id)
  }
}
