import type { AttemptStore } from '@trainyard/jobs'
import type { Attempt } from '../attempt/attempt.ts'
import { type PeriodicTask, startPeriodicTask } from '../process/periodic-task.ts'

/** A lease lasts 20 s. */
const INTERVAL_MS = 5000

/** Renews the leases of all that a worker runs. An unanswered renewal aborts nothing: only an answer from Redis ends a lease. */
export function startLeaseKeeper(deps: {
  attempts: AttemptStore
  running: () => Attempt[]
  onError: (error: unknown) => void
}): PeriodicTask {
  const { attempts, running, onError } = deps
  const renew = async (): Promise<void> => {
    const attemptsNow = running()
    if (attemptsNow.length === 0) return
    const answers = await attempts.renew(attemptsNow)
    for (const [i, attempt] of attemptsNow.entries()) {
      const answer = answers[i]
      if (answer && answer !== 'renewed') attempt.abort(answer)
    }
  }
  return startPeriodicTask({ intervalMs: INTERVAL_MS, work: renew, onError })
}
