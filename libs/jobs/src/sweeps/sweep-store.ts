import {
  CONFIG_VERSION,
  isMaximised,
  type Objective,
  type Sweep,
  type SweepPage,
  type SweepRequest,
  type Trial,
  type TrialFields,
} from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { SweepEndedError, SweepNotFoundError, IdempotencyKeyReusedError, WrongStateError } from '../errors.ts'
import type { ExperimentStore, NewExperiment } from '../experiments/experiment-store.ts'
import { sha256 } from '../redis/hash.ts'
import { flatFields } from '../redis/hash-fields.ts'
import { idsWithPrefix, latestIn, randomSuffix } from '../lists/id-index.ts'
import { DEFAULT_PREFIX, keysOf } from '../redis/keys.ts'
import { memberOf, tokenOf } from '../lists/list-token.ts'
import { createMemoryGuard } from '../redis/memory-guard.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'
import { bestEpoch, summaryOf, SweepRecord, sweepFrom, TrialRecord } from './sweep-record.ts'
import { sweepScripts } from './sweep-scripts.ts'

export interface NewSweep {
  request: SweepRequest
  objective: Objective
  owner: string | null
  /** Of each trial the fields that vary, and the experiment that it becomes. */
  trials: readonly { fields: TrialFields; experiment: NewExperiment }[]
}

/** Every call throws RedisUnavailableError when Redis does not answer. */
export interface SweepStore {
  /** Writes the whole sweep at once; its trials become experiments soon after (trial-creator.ts), whatever is restarted meanwhile. */
  create(input: NewSweep, idempotency?: { key: string; bodyHash: string }): Promise<{ sweep: Sweep; replayed: boolean }>
  /** By full id, or a prefix of at least four characters that fits only one, or `latest`. */
  find(idOrPrefix: string): Promise<Sweep>
  /** Newest first. */
  list(query: { pageSize: number; pageToken?: string | undefined }): Promise<SweepPage>
  /** Cancels its trials, and no more are created; WrongStateError where it has ended. */
  cancel(id: string): Promise<Sweep>
}

export function createSweepStore({
  redis,
  store,
  prefix = DEFAULT_PREFIX,
}: {
  redis: Redis
  store: ExperimentStore
  prefix?: string
}): SweepStore {
  const scripts = sweepScripts({ redis, prefix })
  const keys = keysOf(prefix)
  const refuseWhenFull = createMemoryGuard(redis)

  async function create(input: NewSweep, idempotency?: { key: string; bodyHash: string }) {
    await refuseWhenFull()
    // an older worker may be the one that makes the trials
    const plan = input.trials.map(({ experiment }) => JSON.stringify({ ...experiment, configVersion: CONFIG_VERSION }))
    const [id, outcome] = await scripts.create({
      suffix: randomSuffix(),
      idempotency: idempotency && { ...idempotency, key: sha256(idempotency.key) },
      maxConcurrent: input.request.maxConcurrent,
      fields: recordFields(input),
      plan,
    })
    if (outcome === 'reused') throw new IdempotencyKeyReusedError(id)
    return { sweep: await get(id), replayed: outcome === 'replayed' }
  }

  async function record(id: string): Promise<SweepRecord> {
    const fields = await redis.hgetall(keys.sweep(id))
    if (!fields.id) throw new SweepNotFoundError(id)
    return SweepRecord.parse(fields)
  }

  async function get(id: string): Promise<Sweep> {
    const found = await record(id)
    const created = await redis.hgetall(keys.sweepTrials(id))
    const trials = await Promise.all(
      found.fields.map((fields, i) => trialOf({ trial: i + 1, fields, experimentId: created[i + 1] ?? null, found })),
    )
    return sweepFrom(found, trials)
  }

  async function trialOf(known: { trial: number; fields: TrialFields; experimentId: string | null; found: SweepRecord }): Promise<Trial> {
    const { trial, fields, experimentId, found } = known
    const notCreated = { state: null, reason: null, finishedAt: null, epochs: 0, best: null, value: null, stopped: null }
    const nothing = { trial, fields, experimentId, ...notCreated }
    if (experimentId === null) return nothing
    const held = await redis.hmget(keys.record(experimentId), 'state', 'reason', 'finishedAt', 'latest', 'stopEarly')
    const { state, reason, finishedAt, latest, stopped } = TrialRecord.parse(held)
    if (state === null) return { ...nothing, experimentId: null } // deleted
    const best = latest ? bestEpoch(await store.epochs(experimentId), found.objective) : null
    return { ...nothing, state, reason, finishedAt, epochs: latest?.epoch ?? 0, best, value: best?.[found.objective] ?? null, stopped }
  }

  async function find(idOrPrefix: string): Promise<Sweep> {
    if (idOrPrefix === 'latest') return get((await latestIn(redis, keys.sweeps)) ?? 'latest')
    if (!/^[0-9a-z]{4,32}$/.test(idOrPrefix)) throw new SweepNotFoundError(idOrPrefix)
    const [id, other] = await idsWithPrefix(redis, { index: keys.sweeps, beginning: idOrPrefix })
    if (id === undefined || (other !== undefined && id !== idOrPrefix)) throw new SweepNotFoundError(idOrPrefix)
    return get(id)
  }

  async function list({ pageSize, pageToken }: { pageSize: number; pageToken?: string | undefined }): Promise<SweepPage> {
    const from = pageToken === undefined ? '+' : `(${memberOf(pageToken)}`
    const ids = await redis.zrange(keys.sweeps, from, '-', 'BYLEX', 'REV', 'LIMIT', 0, pageSize + 1)
    const items = await Promise.all(
      ids.slice(0, pageSize).map(async (id) => summaryOf(await record(id), await redis.hlen(keys.sweepTrials(id)))),
    )
    const last = ids.length > pageSize ? items.at(-1) : undefined
    return { items, nextPageToken: last ? tokenOf(last.id) : null }
  }

  async function cancel(id: string): Promise<Sweep> {
    const state = await scripts.cancel({ id })
    if (state === 'missing') throw new SweepNotFoundError(id)
    if (state === 'completed') throw new SweepEndedError(id)
    // Again where it was interrupted before: what has ended stays as it is.
    for (const experiment of Object.values(await redis.hgetall(keys.sweepTrials(id))))
      await store.cancel(experiment).catch((error: unknown) => {
        if (!(error instanceof WrongStateError)) throw error
      })
    return get(id)
  }

  return {
    create: (input, idempotency) => withRedisErrors(() => create(input, idempotency)),
    find: (idOrPrefix) => withRedisErrors(() => find(idOrPrefix)),
    list: (query) => withRedisErrors(() => list(query)),
    cancel: (id) => withRedisErrors(() => cancel(id)),
  }
}

function recordFields({ request, objective, owner, trials }: NewSweep): string[] {
  const { name, strategy, asha } = request
  return flatFields({
    name,
    owner: owner ?? undefined,
    strategy,
    objective,
    /** Times the objective: the higher, the better. */
    sign: isMaximised(objective) ? 1 : -1,
    trials: trials.length,
    epochs: trials[0]?.experiment.config.epochs ?? 0,
    minEpochs: asha.minEpochs,
    reductionFactor: asha.reductionFactor,
    request: JSON.stringify(request),
    fields: JSON.stringify(trials.map((each) => each.fields)),
  })
}
