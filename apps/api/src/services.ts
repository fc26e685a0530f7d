import type { Artifacts } from '@trainyard/artifacts'
import {
  createAuditLog,
  createEventFeed,
  createExperimentStore,
  createFleetMetrics,
  createKeyStore,
  createProbeStore,
  createRequestQueue,
  createSweepStore,
  createWorkerRegistry,
  PREDICTIONS,
  type Redis,
  redisHealth,
  SAMPLES,
  startHousekeeping,
} from '@trainyard/jobs'

interface ServiceOptions {
  redis: Redis
  artifacts: Artifacts
  onError: (error: unknown) => void
}

/** What the routes call: everything over one connection to Redis. */
export function startServices({ redis, artifacts, onError }: ServiceOptions) {
  const store = createExperimentStore({ redis, archive: artifacts.results })
  const feed = createEventFeed({ redis, store, onError })
  const housekeeping = startHousekeeping({ redis, archive: artifacts.results, onError })
  return {
    redis,
    artifacts,
    store,
    feed,
    housekeeping,
    keys: createKeyStore({ redis }),
    audit: createAuditLog({ redis }),
    sweeps: createSweepStore({ redis, store }),
    probes: createProbeStore({ redis }),
    predictions: createRequestQueue(PREDICTIONS, { redis }),
    samples: createRequestQueue(SAMPLES, { redis }),
    fleetMetrics: createFleetMetrics({ redis }),
    workers: createWorkerRegistry({ redis }),
    redisHealth: () => redisHealth(redis),
    stop: async (): Promise<void> => {
      await feed.close()
      await housekeeping.stop()
      redis.disconnect()
    },
  }
}
