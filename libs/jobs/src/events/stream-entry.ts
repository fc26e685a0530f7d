import { ExperimentEvent } from '@trainyard/contracts'

/** One event as it goes out: `json` is the text of the event's `data`, made once for all subscribers. */
export interface FeedEvent {
  /** Sorts within its experiment; what Last-Event-ID brings back. */
  id: string
  type: ExperimentEvent['type']
  json: string
}

const TYPES = new Set(ExperimentEvent.options.map(({ shape }) => shape.type.value))
/** The text goes out as its writer made it. */
export function eventFrom(id: string, { type, data = '' }: Record<string, string>): FeedEvent {
  const known = [...TYPES].find((each) => each === type)
  if (!known) throw new Error(`An event of unknown type ${JSON.stringify(type)}: the writer is newer than this process`)
  return { id, type: known, json: data }
}
