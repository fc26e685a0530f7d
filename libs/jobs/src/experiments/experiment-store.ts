import {
  type BatchPoint,
  type CheckpointInfo,
  type Epoch,
  type Experiment,
  type ExperimentConfig,
  ExperimentId,
  type ExperimentPage,
  type ExperimentPatch,
  ExperimentState,
  type LayerRow,
  type LogLine,
  type Parent,
  type StoredModel,
  TERMINAL_STATES,
} from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import type { z } from 'zod'
import {
  AmbiguousIdError,
  ExperimentNotFoundError,
  IdempotencyKeyReusedError,
  NotRetainedError,
  QuotaExceededError,
  SweepEndedError,
  WrongStateError,
} from '../errors.ts'
import { type ListQuery, listIds } from '../lists/experiment-list.ts'
import { experimentFrom, type ExperimentRecord, type InitialCheckpoint } from './experiment-record.ts'
import { createExperimentReader } from './experiment-reader.ts'
import { experimentScripts } from './experiment-scripts.ts'
import { epochFrom, epochJson } from './epoch-json.ts'
import { flatFields } from '../redis/hash-fields.ts'
import { sha256 } from '../redis/hash.ts'
import { idsWithPrefix, latestIn, randomSuffix } from '../lists/id-index.ts'
import { openJobQueues } from '../queue/job-queues.ts'
import { DEFAULT_PREFIX, jobId, keysOf, queueName } from '../redis/keys.ts'
import { createOrphanedArtifacts, type OrphanedArtifacts } from './orphaned-artifacts.ts'
import { createMemoryGuard } from '../redis/memory-guard.ts'
import { startProgress } from '../eta/progress.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'
import { type ResultArchive } from './result-archive.ts'
import { tokenize } from '../lists/search-terms.ts'
import { estimateCost } from '../eta/cost-estimate.ts'

export interface NewExperiment {
  config: ExperimentConfig
  /** Of the process that made the config, where that was another one: only workers of this version or a newer one take it. */
  configVersion?: number
  configHash: string
  name: string | null
  tags: readonly string[]
  notes: string | null
  priority: number
  pool: string
  warnings: readonly string[]
  /** What it is run again from, or begins from; whose first epochs it takes over, up to `epoch`. */
  parent?: Parent
  /** A fork's, already pinned. */
  start?: InitialCheckpoint
  /** The experiment that it is compared with, epoch by epoch. */
  replayOf?: string
  /** Of the API key that submits it. */
  owner?: string | null
  /** How many of the owner's may be queued at once. */
  maxQueued?: number | null
  sweep?: { id: string; trial: number }
}

/** What of an experiment's files its record names; all else on disk is without use. */
export interface RecordedFiles {
  /** Newest first. */
  checkpoints: CheckpointInfo[]
  model: StoredModel | null
  start: InitialCheckpoint | null
}

/** All that is known of experiments. Every call throws RedisUnavailableError when Redis does not answer. */
export interface ExperimentStore {
  /** Writes record, indexes, outbox and idempotency entry at once; a repeat of the same key and body answers the experiment as it is now. */
  create(input: NewExperiment, idempotency?: { key: string; bodyHash: string }): Promise<{ experiment: Experiment; replayed: boolean }>
  get(id: string): Promise<Experiment>
  /** By full id, by a prefix of at least four characters that fits only one, or `latest`. */
  find(idOrPrefix: string): Promise<Experiment>
  /** With several filters a page may come back short, with a token. */
  list(query: ListQuery): Promise<ExperimentPage>
  epochs(id: string, after?: number): Promise<Epoch[]>
  batches(id: string, epoch?: number): Promise<z.infer<typeof BatchPoint>[]>
  /** Layer by layer, epoch by epoch. */
  layers(id: string, epoch?: number): Promise<LayerRow[]>
  logs(id: string): Promise<LogLine[]>
  /** The recorded model and where it lies, or null; it is the kept one once the experiment has completed. */
  storedModel(id: string): Promise<StoredModel | null>
  recordedFiles(id: string): Promise<RecordedFiles>
  /** queued, paused → canceled at once; running, pausing → canceling, and its worker receives the command; WrongStateError from any other state. */
  cancel(id: string): Promise<Experiment>
  /** queued → paused at once; running → pausing, and its worker receives the command; WrongStateError from any other state. */
  pause(id: string): Promise<Experiment>
  /** paused → queued; WrongStateError from any other state. */
  resume(id: string): Promise<Experiment>
  /** What is absent stays; WrongStateError for the priority of one that has ended. */
  patch(id: string, changes: ExperimentPatch): Promise<Experiment>
  /** Removes all that is known of one that has ended, except its files, which `deletions` lists; WrongStateError from any other state. */
  remove(id: string): Promise<void>
  orphanedArtifacts: OrphanedArtifacts
}

const SHORTEST_PREFIX = 4

export interface StoreDeps {
  redis: Redis
  prefix?: string
  /** Where steps, layers and logs of ended experiments go; without it they are available while Redis has them. */
  archive?: ResultArchive
}

export function createExperimentStore({ redis, prefix = DEFAULT_PREFIX, archive }: StoreDeps): ExperimentStore {
  const scripts = experimentScripts({ redis, prefix })
  const read = createExperimentReader({ redis, prefix, ...(archive && { archive }) })
  const refuseWhenFull = createMemoryGuard(redis)
  const keys = keysOf(prefix)
  // A canceled job left in the queue is harmless (its claim is stale), so failing to remove it is no error.
  const queues = openJobQueues({ redis, prefix, onError: () => {} })

  /** Of the parent's epochs those that it begins after: of none of its own attempts. */
  async function inheritedEpochs({ parent }: NewExperiment): Promise<string[]> {
    if (!parent || parent.epoch === 0) return []
    const texts = await read.epochTexts(parent.id).catch((error: unknown) => {
      throw error instanceof ExperimentNotFoundError ? gone(parent.id) : error
    })
    if (texts.length < parent.epoch) throw gone(parent.id)
    return texts.slice(0, parent.epoch).map((text) => epochJson({ ...epochFrom(text), attempt: 0 }))
  }

  const comparedWith = async ({ replayOf }: NewExperiment) => ({
    expected: replayOf === undefined ? [] : await read.epochTexts(replayOf),
    expectedHashes: replayOf === undefined ? '' : await read.layerHashes(replayOf),
  })

  async function create(input: NewExperiment, idempotency?: { key: string; bodyHash: string }) {
    await refuseWhenFull()
    const inherited = await inheritedEpochs(input)
    const { expected, expectedHashes } = await comparedWith(input)
    const [id, outcome] = await scripts.create({
      suffix: randomSuffix(),
      idempotency: idempotency && { ...idempotency, key: sha256(idempotency.key) },
      queue: queueName(input.pool, input.configVersion),
      tags: JSON.stringify(input.tags),
      nameTerms: JSON.stringify(tokenize(input.name ?? '')),
      tagTerms: JSON.stringify(tokenize(...input.tags)),
      parent: input.parent?.id,
      inherited,
      checkpointToken: input.start?.token,
      owner: input.owner ?? undefined,
      maxQueued: input.maxQueued ?? undefined,
      expected,
      expectedHashes,
      sweep: input.sweep,
      fields: recordFields(input),
    })
    if (outcome === 'quota') throw new QuotaExceededError({ owner: input.owner ?? '', maxQueued: input.maxQueued ?? 0 })
    if (outcome === 'gone') throw gone(id)
    if (outcome === 'ended') throw new SweepEndedError(id)
    if (outcome === 'reused') throw new IdempotencyKeyReusedError(id)
    // One that is new is not in BullMQ's queue yet, so it has no position to ask for.
    const experiment = outcome === 'created' ? experimentFrom(await read.record(id), null) : await read.experiment(id)
    return { experiment, replayed: outcome === 'replayed' }
  }

  async function find(idOrPrefix: string): Promise<Experiment> {
    if (idOrPrefix === 'latest') return read.experiment((await latestIn(redis, keys.all)) ?? 'latest')
    if (ExperimentId.safeParse(idOrPrefix).success) return read.experiment(idOrPrefix)
    if (idOrPrefix.length < SHORTEST_PREFIX || !/^[0-9a-z]+$/.test(idOrPrefix)) throw new ExperimentNotFoundError(idOrPrefix)
    const [id, other] = await idsWithPrefix(redis, { index: keys.all, beginning: idOrPrefix })
    if (other !== undefined) throw new AmbiguousIdError(idOrPrefix)
    return read.experiment(id ?? idOrPrefix)
  }

  /** Takes what a transition answered: the state it found. */
  function allowed(id: string, { found, from, action }: { found: string; from: readonly ExperimentState[]; action: string }): void {
    if (found === 'missing') throw new ExperimentNotFoundError(id)
    const state = ExperimentState.parse(found)
    if (!from.includes(state)) throw new WrongStateError({ id, state, action })
  }

  const removeJob = async ({ queue, id, dispatch }: ExperimentRecord): Promise<void> => {
    await queues.get(queue).remove(jobId({ id, dispatch }))
  }

  async function cancel(id: string): Promise<Experiment> {
    const found = await scripts.cancel({ id })
    allowed(id, { found, from: ['queued', 'paused', 'running', 'pausing'], action: 'canceled' })
    if (found === 'queued') await removeJob(await read.record(id))
    return read.experiment(id)
  }

  async function pause(id: string): Promise<Experiment> {
    const found = await scripts.pause({ id })
    allowed(id, { found, from: ['queued', 'running'], action: 'paused' })
    if (found === 'queued') await removeJob(await read.record(id))
    return read.experiment(id)
  }

  async function resume(id: string): Promise<Experiment> {
    allowed(id, { found: await scripts.resume({ id }), from: ['paused'], action: 'resumed' })
    return read.experiment(id)
  }

  async function patch(id: string, { name, notes, tags, priority }: ExperimentPatch): Promise<Experiment> {
    const before = await read.record(id)
    const found = await scripts.patch({
      id,
      fields: flatFields({ name: name ?? undefined, notes: notes ?? undefined }),
      removed: [...(name === null ? ['name'] : []), ...(notes === null ? ['notes'] : [])],
      ...(name !== undefined && { nameTerms: JSON.stringify(tokenize(name ?? '')) }),
      ...(tags && { tags: JSON.stringify(tags), tagTerms: JSON.stringify(tokenize(...tags)) }),
      priority,
    })
    if (found !== 'patched') allowed(id, { found, from: [], action: 'given another priority' })
    const after = await read.record(id)
    if (after.dispatch !== before.dispatch) await removeJob(before)
    return read.experiment(id)
  }

  /** null: it was deleted after the list was read. */
  async function unlessDeleted(id: string): Promise<Experiment | null> {
    return read.experiment(id).catch((error: unknown) => {
      if (error instanceof ExperimentNotFoundError) return null
      throw error
    })
  }

  async function remove(id: string): Promise<void> {
    allowed(id, { found: await scripts.remove({ id }), from: TERMINAL_STATES, action: 'deleted before it has ended' })
  }

  return {
    create: (input, idempotency) => withRedisErrors(() => create(input, idempotency)),
    get: (id) => withRedisErrors(() => read.experiment(id)),
    find: (idOrPrefix) => withRedisErrors(() => find(idOrPrefix)),
    list: (query) =>
      withRedisErrors(async () => {
        const { ids, nextPageToken } = await listIds({ redis, keys, query })
        const found = await Promise.all(ids.map(unlessDeleted))
        return { items: found.filter((each) => each !== null), nextPageToken }
      }),
    epochs: (id, after = 0) => withRedisErrors(() => read.epochs(id, after)),
    batches: (id, epoch) => withRedisErrors(() => read.batches(id, epoch)),
    layers: (id, epoch) => withRedisErrors(() => read.layers(id, epoch)),
    logs: (id) => withRedisErrors(() => read.logs(id)),
    storedModel: (id) => withRedisErrors(async () => (await read.record(id)).model),
    recordedFiles: (id) =>
      withRedisErrors(async () => {
        const { checkpoint, checkpointBefore, model, start } = await read.record(id)
        return { checkpoints: [checkpoint, checkpointBefore].filter((each) => each !== null), model, start }
      }),
    cancel: (id) => withRedisErrors(() => cancel(id)),
    pause: (id) => withRedisErrors(() => pause(id)),
    resume: (id) => withRedisErrors(() => resume(id)),
    patch: (id, changes) => withRedisErrors(() => patch(id, changes)),
    remove: (id) => withRedisErrors(() => remove(id)),
    orphanedArtifacts: createOrphanedArtifacts({ redis, keys }),
  }
}

const gone = (id: string): NotRetainedError => new NotRetainedError(`Experiment ${id} has been deleted, or runs those epochs again`)

const recordFields = ({ config, configHash, warnings, priority, pool, name, notes, parent, start, replayOf }: NewExperiment): string[] =>
  flatFields({
    config: JSON.stringify(config),
    configHash,
    warnings: JSON.stringify(warnings),
    priority,
    pool,
    maxRetries: config.maxRetries,
    progress: JSON.stringify(startProgress(config)),
    forecast: JSON.stringify(estimateCost(config)),
    name: name ?? undefined,
    notes: notes ?? undefined,
    parent: parent && JSON.stringify(parent),
    start: start && JSON.stringify(start),
    replayOf,
  })
