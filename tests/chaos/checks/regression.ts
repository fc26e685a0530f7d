import { isDeepStrictEqual } from 'node:util'
import type { Experiment } from '@trainyard/contracts'

/** What of an experiment must never be taken back once it has been read. */
export type Read = Pick<Experiment, 'id' | 'transitions' | 'attempts' | 'latest'>

/** What the later read has lost of the earlier one, or null: transitions and attempts only get more, and epochs only advance. */
export function regression(earlier: Read, later: Read): string | null {
  const { id, transitions, attempts, latest } = earlier
  if (!isDeepStrictEqual(later.transitions.slice(0, transitions.length), transitions)) return `${id}: a transition was taken back`
  if (later.attempts.length < attempts.length) return `${id}: attempt ${attempts.length} was taken back`
  const epoch = later.latest?.epoch ?? 0
  return epoch < (latest?.epoch ?? 0) ? `${id}: epoch ${latest?.epoch} was taken back, to ${epoch}` : null
}
