import { ExperimentEvent } from '@trainyard/contracts'

/** One event as it goes out: `json` is the text of the event's `data`, made once for all subscribers. */
export interface FeedEvent {
  /** Sorts within its experiment; what Last-Event-ID brings back. */
  id: string
  type: ExperimentEvent['type']
  json: string
}

const TYPES = new Set(ExperimentEvent.options.map(({ shape }) => shape.type.value))
/** Events that say when they were; for the others Redis keeps the time but the contract has none. */
const TIMED = new Set<string>(['state', 'epoch', 'log'])

/** Reads a stream's fields [name, value, …]. */
export function fieldsOf(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : [])))
}

/** The data was valid JSON when it was written, so its time is set into the text instead of parsing it again. */
export function eventFrom(id: string, { type, data = '', at }: Record<string, string>): FeedEvent {
  const known = [...TYPES].find((each) => each === type)
  if (!known) throw new Error(`An event of unknown type ${JSON.stringify(type)}: the writer is newer than this process`)
  const json = TIMED.has(known) ? `${data.slice(0, -1)},"at":"${new Date(Number(at)).toISOString()}"}` : data
  return { id, type: known, json }
}
