/** The queue, the experiment store, leases and fencing, event streams, the worker registry: everything that Redis holds. */
export { createArtifactOwners } from './experiments/artifact-owners.ts'
export { type AttemptStore, type Claim, createAttemptStore } from './attempts/attempt-store.ts'
export { type AttemptWriter, createAttemptWriter, type Written } from './attempts/attempt-writer.ts'
export { subscribeToCommands, type LifecycleCommand } from './events/command-channel.ts'
export { type AuditLog, createAuditLog } from './access/audit-log.ts'
export type { Redis } from 'ioredis'
export { connectRedis } from './redis/connect-redis.ts'
export {
  AmbiguousIdError,
  ExperimentNotFoundError,
  IdempotencyKeyReusedError,
  InvalidPageTokenError,
  KeyNotFoundError,
  NotRetainedError,
  PredictionTimedOutError,
  ProbeNotFoundError,
  RequestFailedError,
  QuotaExceededError,
  RedisUnavailableError,
  SamplesTimedOutError,
  StoreFullError,
  SweepEndedError,
  SweepNotFoundError,
  WrongStateError,
} from './errors.ts'
export { createEventFeed, type EventFeed } from './events/event-feed.ts'
export { createFleetMetrics, type FleetMetrics, type Histogram } from './workers/fleet-metrics.ts'
export type { ListQuery } from './lists/experiment-list.ts'
export { createExperimentStore, type ExperimentStore, type NewExperiment, type RecordedFiles } from './experiments/experiment-store.ts'
export type { InitialCheckpoint } from './experiments/experiment-record.ts'
export type { OrphanedArtifacts } from './experiments/orphaned-artifacts.ts'
export { type Housekeeping, startHousekeeping } from './housekeeping.ts'
export { createKeyStore, type KeyStore } from './access/key-store.ts'
export { DEFAULT_PREFIX, keysOf } from './redis/keys.ts'
export { createJobConsumer, type FetchedJob, type JobConsumer } from './queue/job-consumer.ts'
export { createReaper } from './attempts/reaper.ts'
export { singleFlight } from './redis/single-flight.ts'
export type { EpochResult } from './experiments/epoch-json.ts'
export { createProbeStore, type ProbeStore } from './requests/probe-store.ts'
export type { Position } from './eta/progress.ts'
export { createRequestConsumer, type FetchedRequest, type RequestConsumer } from './requests/request-consumer.ts'
export { PREDICTIONS, type PredictionRequest, PROBES, SAMPLES } from './requests/request-kinds.ts'
export { createRequestQueue, type RequestQueue } from './requests/request-queue.ts'
export { RedisEnv, redisUrlOf } from './redis/redis-env.ts'
export { redisHealth } from './redis/redis-health.ts'
export type { ResultArchive } from './experiments/result-archive.ts'
export { SecretFile } from './redis/secret-file.ts'
export type { FeedEvent } from './events/stream-entry.ts'
export { createSweepStore, type NewSweep, type SweepStore } from './sweeps/sweep-store.ts'
export { createWorkerRegistry, serving, type WorkerRegistry } from './workers/worker-registry.ts'
