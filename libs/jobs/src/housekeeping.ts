import type { Redis } from 'ioredis'
import { createDispatcher } from './queue/dispatcher.ts'
import { DEFAULT_PREFIX } from './redis/keys.ts'
import { singleFlight } from './redis/single-flight.ts'
import { createReaper } from './attempts/reaper.ts'
import { createExperimentStore } from './experiments/experiment-store.ts'
import { createResultArchiver, type ResultArchive } from './experiments/result-archive.ts'
import { createTrialCreator } from './sweeps/trial-creator.ts'

const INTERVAL_MS = 2000

interface HousekeepingDeps {
  redis: Redis
  prefix?: string
  archive?: ResultArchive
  onError: (error: unknown) => void
}

export interface Housekeeping {
  /** Creates trials of sweeps and hands what is due to BullMQ now, without waiting for it; call it after a create. Never throws. */
  dispatchDue(): void
  stop(): Promise<void>
}

/**
 * Every 2 s: creates experiments of sweeps' trials, hands what is due to BullMQ, takes back what lost its worker, and moves results of ended experiments
 * into `archive`, where one is given.
 * Runs in every API and worker; errors go to `onError`.
 */
export function startHousekeeping(deps: HousekeepingDeps): Housekeeping {
  const { redis, prefix = DEFAULT_PREFIX, archive, onError } = deps
  const dispatcher = createDispatcher({ redis, prefix, onError })
  const reap = createReaper({ redis, prefix })
  const archiving = archive && singleFlight(createResultArchiver({ redis, prefix, archive }), onError)
  const createTrials = createTrialCreator({ redis, prefix, store: createExperimentStore({ redis, prefix }) })
  const dispatchDue = singleFlight(async () => {
    await createTrials().catch(onError) // one sweep that fails holds nothing else up
    await dispatcher.flushOutbox()
  }, onError)
  const round = singleFlight(async () => {
    await reap()
    await dispatcher.repair()
    dispatchDue.run()
    archiving?.run()
  }, onError)
  const timer = setInterval(() => round.run(), INTERVAL_MS)
  round.run()
  return {
    dispatchDue: () => dispatchDue.run(),
    async stop() {
      clearInterval(timer)
      await Promise.all([round.idle(), dispatchDue.idle(), archiving?.idle()])
      await dispatcher.close()
    },
  }
}
