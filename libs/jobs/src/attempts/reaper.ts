import type { ExperimentError } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { DEFAULT_PREFIX } from '../redis/keys.ts'
import { leaseScripts } from './lease-scripts.ts'

/** The error of an experiment that lost its worker too often. */
const LOST: ExperimentError = {
  class: 'infrastructure',
  code: 'TRAINER_CRASHED',
  message: 'Its worker stopped answering, more often in a row than maxRetries allows, without a newer checkpoint',
  advice: 'Look for what stops the workers (memory, power, network), then submit it again; a shorter checkpointEverySeconds loses less.',
}

/** Takes experiments back from workers that no longer renew their leases; answers which. */
export function createReaper({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): () => Promise<string[]> {
  const { reap } = leaseScripts({ redis, prefix })
  return () => reap({ error: JSON.stringify(LOST) })
}
