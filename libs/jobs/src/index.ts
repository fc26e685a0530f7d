/** The queue, the experiment store, leases and fencing, event streams, the worker registry: everything that Redis holds. */
export { connectRedis } from './connect-redis.ts'
export {
  AmbiguousIdError,
  ExperimentNotFoundError,
  IdempotencyKeyReusedError,
  InvalidPageTokenError,
  RedisUnavailableError,
  StoreFullError,
  WrongStateError,
} from './errors.ts'
export { createEventFeed, type EventFeed, type FeedEvent } from './event-feed.ts'
export { createExperimentStore, type ExperimentStore, type ListQuery, type NewExperiment } from './experiment-store.ts'
export { type Housekeeping, startHousekeeping } from './housekeeping.ts'
export { redisHealth } from './redis-health.ts'
export { createWorkerRegistry, type WorkerRegistry } from './worker-registry.ts'
