import { randomUUID } from 'node:crypto'
import { createAttemptStore, createAttemptWriter, createExperimentStore } from '@trainyard/jobs'
import { beforeAll, beforeEach } from 'vitest'
import { createReaper } from '@trainyard/jobs'
import { newExperiment } from './new-experiment.ts'
import { ownRedis } from '../redis/own-redis.ts'

type Jobs = ReturnType<typeof openJobs>

/** A Redis of a test file's own, and in each test the whole of libs/jobs over it with a prefix of its own. */
export function ownJobs(): { readonly jobs: Jobs } {
  const own = ownRedis()
  let runs = 0
  let jobs: Jobs | null = null
  let redis: typeof own.redis
  beforeAll(() => void (redis = own.redis))
  beforeEach(async () => {
    jobs = openJobs(redis, `{jobs-${runs++}}`)
    await jobs.reap()
  })
  return {
    get jobs() {
      if (!jobs) throw new Error('There only while tests run')
      return jobs
    },
  }
}

function openJobs(redis: ReturnType<typeof ownRedis>['redis'], prefix: string) {
  const store = createExperimentStore({ redis, prefix })
  const attempts = createAttemptStore({ redis, prefix })
  const reap = createReaper({ redis, prefix })
  const claim = (id: string, dispatch = 1) => attempts.claim({ id, dispatch, token: randomUUID(), workerId: `worker-${dispatch}` })
  return {
    ...{ redis, prefix, store, attempts, reap, claim },
    create: async (request: Parameters<typeof newExperiment>[0] = {}): Promise<string> =>
      (await store.create(newExperiment(request))).experiment.id,
    /** Claims it, and writes for that attempt. */
    begin: async (id: string, dispatch = 1) => {
      const claimed = await claim(id, dispatch)
      if (!claimed) throw new Error('stale')
      return { ...createAttemptWriter({ redis, prefix, claim: claimed }), token: claimed.token, outOfMemory: claimed.outOfMemory }
    },
    /** As if twenty seconds had passed without a renewal. */
    expireLease: async (id: string): Promise<string[]> => {
      await redis.zadd(`${prefix}:leases`, 1, id)
      return reap()
    },
    states: async (id: string) => (await store.get(id)).transitions.map(({ state, reason }) => `${state}:${reason}`),
  }
}
