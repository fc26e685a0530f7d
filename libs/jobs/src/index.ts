/** The queue, the experiment store, leases and fencing, event streams, the worker registry: everything that Redis holds. */
export { createArtifactOwners } from './artifact-owners.ts'
export { type AttemptStore, type Claim, createAttemptStore } from './attempt-store.ts'
export { type AttemptWriter, createAttemptWriter, type Written } from './attempt-writer.ts'
export { listenForWishes, type Wish } from './wish-channel.ts'
export { type AuditLog, createAuditLog } from './audit-log.ts'
export type { Redis } from 'ioredis'
export { connectRedis } from './connect-redis.ts'
export {
  AmbiguousIdError,
  ExperimentNotFoundError,
  IdempotencyKeyReusedError,
  InvalidPageTokenError,
  KeyNotFoundError,
  NotKeptError,
  PredictionTimedOutError,
  ProbeNotFoundError,
  QuestionFailedError,
  QuotaExceededError,
  RedisUnavailableError,
  SamplesTimedOutError,
  StoreFullError,
  SweepEndedError,
  SweepNotFoundError,
  WrongStateError,
} from './errors.ts'
export { createEventFeed, type EventFeed } from './event-feed.ts'
export { createFleetMetrics, type FleetMetrics, type Histogram } from './fleet-metrics.ts'
export type { ListQuery } from './experiment-list.ts'
export { createExperimentStore, type ExperimentStore, type NewExperiment, type RecordedFiles } from './experiment-store.ts'
export type { StoredStart } from './experiment-record.ts'
export type { Leftovers } from './leftovers.ts'
export { type Housekeeping, startHousekeeping } from './housekeeping.ts'
export { createKeyStore, type KeyStore } from './key-store.ts'
export { DEFAULT_PREFIX, keysOf } from './keys.ts'
export { createJobSource, type FetchedJob, type JobSource } from './job-source.ts'
export { onceAtATime } from './once-at-a-time.ts'
export type { EpochResult } from './epoch-row.ts'
export { createPhotoDesk, type PhotoDesk } from './photo-desk.ts'
export { createPhotoSource, type PhotoQuestion, type PhotoSource } from './photo-source.ts'
export { createProbeSource } from './probe-source.ts'
export { createProbeStore, type ProbeStore } from './probe-store.ts'
export type { Position } from './progress.ts'
export type { FetchedQuestion, QuestionSource } from './question-source.ts'
export { RedisEnv, redisUrlOf } from './redis-env.ts'
export { redisHealth } from './redis-health.ts'
export type { ResultArchive } from './result-archive.ts'
export { createSamplesDesk, type SamplesDesk } from './samples-desk.ts'
export { createSamplesSource } from './samples-source.ts'
export { SecretFile } from './secret-file.ts'
export type { FeedEvent } from './stream-entry.ts'
export { createSweepStore, type NewSweep, type SweepStore } from './sweep-store.ts'
export { createWorkerRegistry, serving, type WorkerRegistry } from './worker-registry.ts'
