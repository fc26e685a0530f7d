import { type Experiment, formatSeconds } from '@trainyard/contracts'

/** Where a queued experiment stands, and about when it begins; null where it has no place. */
export function queuePlace({ queuePosition, startsInSeconds }: Experiment): string | null {
  if (queuePosition === null) return null
  return `number ${queuePosition} in the queue${startsInSeconds === null ? '' : `, starts in about ${formatSeconds(startsInSeconds)}`}`
}
