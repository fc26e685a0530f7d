import { ExperimentEvent } from '@trainyard/contracts'

/** One event as it goes out: `json` is the text of the event's `data`, made once for all subscribers. */
export interface FeedEvent {
  /** Sorts within its experiment; what Last-Event-ID brings back. */
  id: string
  type: ExperimentEvent['type']
  json: string
}

const TYPES = new Set(ExperimentEvent.options.map(({ shape }) => shape.type.value))
/** Reads a stream's fields [name, value, …]. */
export function fieldsOf(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : [])))
}

/** The text goes out as its writer made it. */
export function eventFrom(id: string, { type, data = '' }: Record<string, string>): FeedEvent {
  const known = [...TYPES].find((each) => each === type)
  if (!known) throw new Error(`An event of unknown type ${JSON.stringify(type)}: the writer is newer than this process`)
  return { id, type: known, json: data }
}

/** Orders stream ids, `<ms>-<number>`. */
export function isAfter(id: string, other: string): boolean {
  const [ms = 0, count = 0] = id.split('-').map(Number)
  const [otherMs = 0, otherCount = 0] = other.split('-').map(Number)
  return ms > otherMs || (ms === otherMs && count > otherCount)
}
