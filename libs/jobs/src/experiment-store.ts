import { randomInt } from 'node:crypto'
import {
  type BatchPoint,
  type Epoch,
  type Experiment,
  type ExperimentConfig,
  ExperimentId,
  type ExperimentPage,
  ExperimentState,
  type LayerRow,
  type LogLine,
  type StoredModel,
} from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import type { z } from 'zod'
import { AmbiguousIdError, ExperimentNotFoundError, IdempotencyKeyReusedError, WrongStateError } from './errors.ts'
import { type ListQuery, listIds } from './experiment-list.ts'
import { experimentFrom } from './experiment-record.ts'
import { createExperimentReader } from './experiment-reader.ts'
import { experimentScripts } from './experiment-scripts.ts'
import { sha256 } from './hash.ts'
import { openJobQueues } from './job-queues.ts'
import { DEFAULT_PREFIX, jobId, keysOf, queueName } from './keys.ts'
import { createMemoryGuard } from './memory-guard.ts'
import { startProgress } from './progress.ts'
import { reaching } from './redis-errors.ts'

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
  /** Layer by layer, epoch by epoch. */
  layers(id: string, epoch?: number): Promise<LayerRow[]>
  logs(id: string): Promise<LogLine[]>
  /** The recorded model and where it lies, or null; it is the kept one once the experiment has completed. */
  storedModel(id: string): Promise<StoredModel | null>
  /** queued → canceled at once; running → canceling, and its worker is told; WrongStateError from any other state. */
  cancel(id: string): Promise<Experiment>
}

const SHORTEST_PREFIX = 4

export function createExperimentStore({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): ExperimentStore {
  const scripts = experimentScripts({ redis, prefix })
  const read = createExperimentReader({ redis, prefix })
  const refuseWhenFull = createMemoryGuard(redis)
  const keys = keysOf(prefix)
  // A canceled job left in the queue is harmless (its claim is stale), so failing to remove it is no error.
  const queues = openJobQueues({ redis, prefix, onError: () => {} })

  async function create(input: NewExperiment, idempotency?: { key: string; bodyHash: string }) {
    await refuseWhenFull()
    const [id, outcome] = await scripts.create(
      randomSuffix(),
      idempotency ? sha256(idempotency.key) : '',
      idempotency?.bodyHash ?? '',
      queueName(input.pool),
      JSON.stringify(input.tags),
      ...recordFields(input),
    )
    if (outcome === 'reused') throw new IdempotencyKeyReusedError(id)
    // One that is new is not in BullMQ's queue yet, so it has no position to ask for.
    const experiment = outcome === 'created' ? experimentFrom(await read.record(id), null) : await read.experiment(id)
    return { experiment, replayed: outcome === 'replayed' }
  }

  async function find(idOrPrefix: string): Promise<Experiment> {
    if (idOrPrefix === 'latest') {
      const [latest] = await redis.zrange(keys.all, '+', '-', 'BYLEX', 'REV', 'LIMIT', 0, 1)
      return read.experiment(latest ?? 'latest')
    }
    if (ExperimentId.safeParse(idOrPrefix).success) return read.experiment(idOrPrefix)
    if (idOrPrefix.length < SHORTEST_PREFIX || !/^[0-9a-z]+$/.test(idOrPrefix)) throw new ExperimentNotFoundError(idOrPrefix)
    const [id, other] = await redis.zrange(keys.all, `[${idOrPrefix}`, `[${idOrPrefix}\u007f`, 'BYLEX', 'LIMIT', 0, 2)
    if (other !== undefined) throw new AmbiguousIdError(idOrPrefix)
    return read.experiment(id ?? idOrPrefix)
  }

  async function cancel(id: string): Promise<Experiment> {
    const before = await scripts.cancel(id)
    if (before === 'missing') throw new ExperimentNotFoundError(id)
    const state = ExperimentState.parse(before)
    if (state !== 'queued' && state !== 'running') throw new WrongStateError({ id, state, action: 'canceled' })
    const record = await read.record(id)
    if (state === 'queued') await queues.get(record.queue).remove(jobId(record))
    return read.experiment(id)
  }

  return {
    create: (input, idempotency) => reaching(() => create(input, idempotency)),
    get: (id) => reaching(() => read.experiment(id)),
    find: (idOrPrefix) => reaching(() => find(idOrPrefix)),
    list: (query) =>
      reaching(async () => {
        const { ids, nextPageToken } = await listIds({ redis, keys, query })
        return { items: await Promise.all(ids.map(read.experiment)), nextPageToken }
      }),
    epochs: (id, after = 0) => reaching(() => read.epochs(id, after)),
    batches: (id, epoch) => reaching(() => read.batches(id, epoch)),
    layers: (id, epoch) => reaching(() => read.layers(id, epoch)),
    logs: (id) => reaching(() => read.logs(id)),
    storedModel: (id) => reaching(async () => (await read.record(id)).model),
    cancel: (id) => reaching(() => cancel(id)),
  }
}

/** Ids made in one microsecond differ by this. */
const randomSuffix = (): string =>
  randomInt(36 ** 6)
    .toString(36)
    .padStart(6, '0')

function recordFields(input: NewExperiment): (string | number)[] {
  const fields = {
    config: JSON.stringify(input.config),
    configHash: input.configHash,
    warnings: JSON.stringify(input.warnings),
    priority: input.priority,
    pool: input.pool,
    maxRetries: input.config.maxRetries,
    progress: JSON.stringify(startProgress(input.config)),
    ...(input.name === null ? {} : { name: input.name }),
    ...(input.notes === null ? {} : { notes: input.notes }),
  }
  return Object.entries(fields).flat()
}
