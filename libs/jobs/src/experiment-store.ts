import type { BatchPoint, Epoch, Experiment, ExperimentConfig, ExperimentPage, ExperimentState, LogLine } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import type { z } from 'zod'

export interface NewExperiment {
  config: ExperimentConfig
  configHash: string
  name: string | null
  tags: readonly string[]
  notes: string | null
  priority: number
  pool: string
  warnings: readonly string[]
}

export interface ListQuery {
  state?: ExperimentState | undefined
  tag?: string | undefined
  pageSize: number
  pageToken?: string | undefined
}

/** All that is known of experiments. Every call throws RedisUnavailableError when Redis does not answer. */
export interface ExperimentStore {
  /** Writes record, indexes, outbox and idempotency entry at once; a repeat of the same key and body answers the experiment as it is now. */
  create(input: NewExperiment, idempotency?: { key: string; bodyHash: string }): Promise<{ experiment: Experiment; replayed: boolean }>
  get(id: string): Promise<Experiment>
  /** By full id, by a prefix of at least four characters that fits only one, or `latest`. */
  find(idOrPrefix: string): Promise<Experiment>
  /** Newest first. With both state and tag a page may come back short, with a token. */
  list(query: ListQuery): Promise<ExperimentPage>
  epochs(id: string, after?: number): Promise<Epoch[]>
  batches(id: string, epoch?: number): Promise<z.infer<typeof BatchPoint>[]>
  logs(id: string): Promise<LogLine[]>
  /** queued → canceled at once; running → canceling, and its worker is told; WrongStateError from any other state. */
  cancel(id: string): Promise<Experiment>
}

export function createExperimentStore(_deps: { redis: Redis; prefix?: string }): ExperimentStore {
  throw new Error('not written yet')
}
