import type { Redis } from 'ioredis'
import { ExperimentNotFoundError, QuotaExceededError, StoreFullError, SweepEndedError } from '../errors.ts'
import type { ExperimentStore, NewExperiment } from '../experiments/experiment-store.ts'
import { keysOf } from '../redis/keys.ts'
import { sweepScripts } from './sweep-scripts.ts'

/**
 * Creates experiments of the trials that are none yet, of all sweeps. Any number of these may run at once and be interrupted anywhere: the create
 * script makes each trial once. What a quota refuses is left for the next time.
 */
export function createTrialCreator({
  redis,
  prefix,
  store,
}: {
  redis: Redis
  prefix: string
  store: Pick<ExperimentStore, 'create'>
}): () => Promise<void> {
  const keys = keysOf(prefix)
  const scripts = sweepScripts({ redis, prefix })

  async function createTrials(sweep: string): Promise<void> {
    const [plan, created] = await Promise.all([redis.lrange(keys.sweepPlan(sweep), 0, -1), redis.hkeys(keys.sweepTrials(sweep))])
    const there = new Set(created.map(Number))
    for (const [i, text] of plan.entries()) {
      const trial = i + 1
      if (there.has(trial)) continue
      // written by the same script that made the sweep
      const experiment: NewExperiment = JSON.parse(text)
      await store.create({ ...experiment, sweep: { id: sweep, trial } }).catch((error: unknown) => {
        if (!(error instanceof ExperimentNotFoundError)) throw error // another process created it, and a user has deleted it
      })
    }
    await scripts.created({ id: sweep })
  }

  return async () => {
    for (const sweep of await redis.zrange(keys.pendingSweeps, '0', '-1'))
      await createTrials(sweep).catch((error: unknown) => {
        const isForLater = error instanceof QuotaExceededError || error instanceof StoreFullError || error instanceof SweepEndedError
        if (!isForLater) throw error
      })
  }
}
