import { CheckpointInfo, type Experiment, StoredModel } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createExperimentReader } from './experiment-reader.ts'
import { DEFAULT_PREFIX, keysOf } from './keys.ts'
import { leaseScripts } from './lease-scripts.ts'
import { reaching } from './redis-errors.ts'

export interface Claim {
  /** Its last attempt is the one just begun. */
  experiment: Experiment
  /** The attempt's number, from 1. */
  attempt: number
  token: string
  /** Where to resume; null to begin anew. */
  checkpoint: CheckpointInfo | null
  /** What an earlier attempt has recorded before it was lost. */
  model: StoredModel | null
}

export interface AttemptStore {
  /** Makes a queued experiment this worker's, for 20 s; null when the job is stale. `token` is random and fences every write of the attempt. */
  claim(job: { id: string; dispatch: number; token: string; workerId: string }): Promise<Claim | null>
  /** Extends all leases of a worker to 20 s from now. `cancel`: held, but its user wants it to end. */
  renew(held: readonly { id: string; token: string }[]): Promise<('held' | 'cancel' | 'lost')[]>
}

export function createAttemptStore({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): AttemptStore {
  const scripts = leaseScripts({ redis, prefix })
  const read = createExperimentReader({ redis, prefix })
  const keys = keysOf(prefix)
  return {
    claim: ({ id, dispatch, token, workerId }) =>
      reaching(async () => {
        if (!(await scripts.claim(id, dispatch, token, workerId))) return null
        const [experiment, artifacts] = await Promise.all([read.experiment(id), redis.hmget(keys.record(id), 'checkpoint', 'model')])
        const [checkpoint, model] = Artifacts.parse(artifacts)
        return { experiment, attempt: experiment.attempts.length, token, checkpoint, model }
      }),
    renew: (held) => reaching(() => scripts.renew(...held.flatMap(({ id, token }) => [id, token]))),
  }
}

const Artifacts = z.tuple([json(CheckpointInfo), json(StoredModel)])

function json<T>(schema: z.ZodType<T>) {
  return z
    .string()
    .transform((text) => schema.parse(JSON.parse(text)))
    .nullable()
}
