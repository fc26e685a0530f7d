import type { CheckpointInfo, Experiment, StoredModel } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { createExperimentReader } from '../experiments/experiment-reader.ts'
import { experimentFrom, type InitialCheckpoint } from '../experiments/experiment-record.ts'
import { DEFAULT_PREFIX } from '../redis/keys.ts'
import { leaseScripts, type Renewal } from './lease-scripts.ts'
import { WAIT_BOUNDS } from '../workers/histogram-bounds.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'

export interface Claim {
  /** Its last attempt is the one just begun. */
  experiment: Experiment
  /** The attempt's number, from 1. */
  attempt: number
  token: string
  /** Where to resume, newest first; none: from the start. */
  checkpoints: CheckpointInfo[]
  /** What a fork begins with. */
  start: InitialCheckpoint | null
  /** How often it ran out of memory before. */
  outOfMemory: number
  /** What an earlier attempt has recorded before it was lost. */
  model: StoredModel | null
}

export interface AttemptStore {
  /** Makes a queued experiment this worker's, for 20 s; null when the job is stale. `token` is random and fences every write of the attempt. */
  claim(job: { id: string; dispatch: number; token: string; workerId: string }): Promise<Claim | null>
  /** Extends all leases of a worker to 20 s from now. `cancel`, `pause`, `stop`: renewed, but its user has asked for that, or its sweep has stopped it. */
  renew(leases: readonly { id: string; token: string }[]): Promise<Renewal[]>
}

export function createAttemptStore({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): AttemptStore {
  const scripts = leaseScripts({ redis, prefix })
  const read = createExperimentReader({ redis, prefix })
  return {
    claim: ({ id, dispatch, token, workerId }) =>
      withRedisErrors(async () => {
        if (!(await scripts.claim({ id, dispatch, token, workerId, waitBounds: WAIT_BOUNDS }))) return null
        const record = await read.record(id)
        const { checkpoint, checkpointBefore, start, model, outOfMemory } = record
        const checkpoints = [checkpoint, checkpointBefore].filter((each) => each !== null)
        const experiment = experimentFrom(record, null)
        return { experiment, attempt: experiment.attempts.length, token, checkpoints, start, model, outOfMemory }
      }),
    renew: (leases) => withRedisErrors(() => scripts.renew({ leases })),
  }
}
