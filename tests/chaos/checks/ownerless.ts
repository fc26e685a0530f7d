import type { Ended } from './final-state.ts'
import type { History } from './history.ts'

interface Period {
  fromMs: number
  toMs: number
}

type Seen = Pick<History, 'losses' | 'workers' | 'slots' | 'redisAway'>

/**
 * How long experiments went without a live owner, the longest first: from the loss of a worker's process to the end of its lease, and from there, or
 * from any other way into the queue, to the next claim. Time with Redis away does not count, nor does time in the queue without a free slot.
 */
export function ownerlessPeriods(ended: readonly Ended[], seen: Seen): { id: string; ms: number }[] {
  const busy = periodsWithoutFreeSlot(seen.slots)
  return ended
    .flatMap(({ experiment: { id, attempts, transitions } }) =>
      transitions.flatMap(({ state, at }, i) => {
        const next = transitions[i + 1]
        if (state !== 'queued' || !next) return []
        const queued = { fromMs: Date.parse(at), toMs: Date.parse(next.at) }
        const lost = attempts.find(({ outcome, endedAt }) => outcome === 'worker_lost' && endedAt === at)
        const dead = lost ? { fromMs: deathOf(lost, seen), toMs: queued.fromMs } : null
        const ms = (dead ? outside(dead, seen.redisAway) : 0) + outside(queued, [...seen.redisAway, ...busy])
        return [{ id, ms }]
      }),
    )
    .toSorted((a, b) => b.ms - a.ms)
}

/** When the attempt's process was lost; its lease's end where it was not taken away. */
function deathOf({ workerId, startedAt, endedAt }: Ended['experiment']['attempts'][number], { losses, workers }: Seen): number {
  const [fromMs, toMs] = [Date.parse(startedAt), Date.parse(endedAt ?? startedAt)]
  const pid = workers.get(workerId)
  return losses.findLast((loss) => loss.pid === pid && loss.atMs >= fromMs && loss.atMs <= toMs)?.atMs ?? toMs
}

function periodsWithoutFreeSlot(slots: Seen['slots']): Period[] {
  return slots.flatMap(({ atMs, free }, i) => (free > 0 ? [] : [{ fromMs: atMs, toMs: slots[i + 1]?.atMs ?? atMs }]))
}

/** The length of a period without what others cover of it. */
function outside({ fromMs, toMs }: Period, others: readonly Period[]): number {
  let covered = 0
  let untilMs = fromMs
  for (const other of others.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const begin = Math.max(untilMs, other.fromMs)
    const end = Math.min(toMs, other.toMs)
    if (end <= begin) continue
    covered += end - begin
    untilMs = end
  }
  return Math.max(0, toMs - fromMs - covered)
}
