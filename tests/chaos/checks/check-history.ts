import { checkEpochs } from './check-epochs.ts'
import { lifecycleFaults } from './check-lifecycle.ts'
import { checkSubmits } from './check-submits.ts'
import type { Evidence } from './evidence.ts'
import { ownerlessPeriods } from './ownerless.ts'

const MAX_OWNERLESS_MS = 30_000

/** Judges a run by what its users were answered and what is there in the end: what the table shows, and whatever broke a law, in words. */
export function checkHistory(evidence: Evidence) {
  const { history, ended, clockWasSet, mostLostAttempts } = evidence
  const submits = checkSubmits(evidence)
  const epochs = checkEpochs(evidence)
  const attemptsLost = lostAttempts(ended)
  const [ownerless] = clockWasSet ? [] : ownerlessPeriods(ended, history)
  const tooLong = ownerless && ownerless.ms > MAX_OWNERLESS_MS
  return {
    counts: {
      calls: history.calls.length,
      /** Calls without an answer. */
      unanswered: history.calls.filter(({ outcome }) => outcome === 'unknown').length,
      ...submits.counts,
      ...epochs.counts,
      /** Attempts that were lost with their worker or its trainer. */
      attemptsLost: attemptsLost.length,
      /** null where a clock was set. */
      longestOwnerlessMs: clockWasSet ? null : (ownerless?.ms ?? 0),
    },
    violations: [
      ...submits.violations,
      ...epochs.violations,
      ...lifecycleFaults(evidence),
      ...history.faults,
      ...(attemptsLost.length > mostLostAttempts ? attemptsLost : []),
      ...(tooLong ? [`${ownerless.id}: ${Math.round(ownerless.ms)} ms without a live owner`] : []),
    ],
  }
}

export type Verdict = ReturnType<typeof checkHistory>

function lostAttempts(ended: Evidence['ended']): string[] {
  return ended.flatMap(({ experiment: { id, attempts } }) =>
    attempts
      .filter(({ outcome }) => outcome === 'worker_lost' || outcome === 'infrastructure_error')
      .map(({ number, outcome, workerId }) => `${id}: attempt ${number}, of ${workerId}, ended as ${outcome}`),
  )
}
