import type { Artifacts } from '@trainyard/artifacts'
import { configWarnings, type Experiment, type ExperimentRequest, type TrainingSpeed } from '@trainyard/contracts'
import { type DiskSpace, networkCost, resolveConfig } from '@trainyard/planning'
import {
  type ExperimentStore,
  type Housekeeping,
  type InitialCheckpoint,
  type NewExperiment,
  RedisUnavailableError,
  serving,
  type WorkerRegistry,
} from '@trainyard/jobs'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Principal } from '../access/key-rules.ts'
import { authorizePriority, principalOf } from '../access/authenticate.ts'
import { BODY_ERRORS } from '../openapi/responses.ts'
import { assertDiskHasSpace } from '../operations/disk-space.ts'
import { checkCapacity } from './capacity.ts'
import { configHash, requestHash } from './config-hash.ts'
import { checkLimits, type OperatorLimits } from './limits.ts'

export interface SubmitDeps {
  store: Pick<ExperimentStore, 'create'>
  workers: Pick<WorkerRegistry, 'list'>
  housekeeping: Pick<Housekeeping, 'dispatchDue'>
  diskSpace: () => Promise<DiskSpace>
  artifacts: Pick<Artifacts, 'initialCheckpoints' | 'weights'>
  limits: OperatorLimits
}

export const SubmitHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('the same key and body within 24 h answer the experiment that the first call created'),
})

/** What every route that creates an experiment may answer, beside its own. */
export const SUBMIT_ERRORS = [
  ...BODY_ERRORS,
  'UNPROCESSABLE_CONFIG',
  'NETWORK_TOO_LARGE',
  'IDEMPOTENCY_KEY_REUSED',
  'QUOTA_EXCEEDED',
  'STORE_FULL',
] as const

/** What a submission needs of its request. */
export interface SubmitRequest {
  headers: { 'idempotency-key'?: string | undefined }
  url: string
  body: unknown
  principal: Principal | null
  experimentId: string | null
}

interface Acceptance {
  request: SubmitRequest
  reply: FastifyReply
  collection: 'experiments' | 'sweeps'
}

interface Submission {
  request: SubmitRequest
  reply: FastifyReply
  experiment: NewExperiment
  /** Pins what the experiment begins with; without a new record it is unpinned. */
  pinStart?: () => Promise<InitialCheckpoint | null>
}

type Settings = Pick<NewExperiment, 'config' | 'name' | 'notes' | 'tags' | 'priority' | 'pool'>

/** A pool as its live workers are now. */
interface SubmitPool {
  /** null: no worker has measured its speed. */
  speed: TrainingSpeed | null
  /** What a request asks for, as it will be stored. */
  resolve: (request: ExperimentRequest) => NewExperiment
  /** Refuses a config that no live worker can hold; adds its hash, and warnings of what is allowed but may surprise. */
  admit: (settings: Settings) => NewExperiment
}

export interface Submitter {
  /** Reads the workers once: for one experiment or for all trials of a sweep. */
  readPool: (name: string) => Promise<SubmitPool>
  /** Creates the experiment, or finds the one that the idempotency key created; sets status and headers of the answer. */
  submit: (submission: Submission) => Promise<Experiment>
  /** The same for what `create` writes: a submission of another kind. */
  accept: <Created extends { id: string }>(
    acceptance: Acceptance,
    create: Create<Created>,
  ) => Promise<{ created: Created; replayed: boolean }>
}

type Create<Created> = (submitter: {
  owner: string | null
  maxQueued: number | null
  idempotency: { key: string; bodyHash: string } | undefined
}) => Promise<{ created: Created; replayed: boolean }>

/** The one way into the queue, for every route. */
export function createSubmitter({ store, workers, housekeeping, diskSpace, artifacts, limits }: SubmitDeps): Submitter {
  async function readPool(pool: string): Promise<SubmitPool> {
    const live = await workers.list()
    const speed = serving(live, pool).find((worker) => worker.speed !== null)?.speed ?? null
    const admit = (settings: Settings): NewExperiment => {
      const { config } = settings
      const { parameters, memoryBytes } = networkCost(config)
      checkLimits(config, { parameters, limits })
      const warnings = [...configWarnings(config), ...checkCapacity({ memoryBytes, pool, workers: live })]
      return { ...settings, configHash: configHash(config), warnings }
    }
    return {
      speed,
      admit,
      resolve(request) {
        const { name = null, notes = null, tags, priority } = request
        return admit({ config: resolveConfig(request, speed), name, notes, tags, priority, pool })
      },
    }
  }

  const accept: Submitter['accept'] = async ({ request, reply, collection }, create) => {
    const { owner, maxQueued } = principalOf(request)
    assertDiskHasSpace(await diskSpace())
    const accepted = await create({ owner, maxQueued, idempotency: idempotencyOf(request) })
    housekeeping.dispatchDue()
    if (accepted.replayed) reply.header('idempotency-replayed', 'true')
    reply.code(201).header('location', `/api/v1/${collection}/${accepted.created.id}`)
    return accepted
  }

  async function submit({ request, reply, experiment, pinStart }: Submission): Promise<Experiment> {
    const start = (await pinStart?.()) ?? null
    const unpin = async (): Promise<void> => {
      if (start) await artifacts.initialCheckpoints.remove(start.token)
    }
    try {
      authorizePriority(request, experiment.priority)
      const { created, replayed } = await accept({ request, reply, collection: 'experiments' }, async ({ idempotency, ...quota }) => {
        const answer = await store.create({ ...experiment, ...quota, ...(start && { start }) }, idempotency)
        return { created: answer.experiment, replayed: answer.replayed }
      })
      request.experimentId = created.id
      if (replayed) await unpin()
      return created
    } catch (error) {
      // Redis may have written the record without its answer arriving: the start stays pinned by it, or is collected after an hour
      if (!(error instanceof RedisUnavailableError)) await unpin()
      throw error
    }
  }

  return { readPool, submit, accept }
}

/** What makes a repeat of the request one; each API key has its own. */
function idempotencyOf(request: SubmitRequest): { key: string; bodyHash: string } | undefined {
  const key = request.headers['idempotency-key']
  return key === undefined ? undefined : { key: `${principalOf(request).keyId ?? ''} ${key}`, bodyHash: requestHash(request) }
}
