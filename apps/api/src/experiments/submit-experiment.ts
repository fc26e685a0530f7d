import type { Artifacts } from '@trainyard/artifacts'
import { configWarnings, type Experiment, type ExperimentConfig, type ExperimentRequest, type TrainingSpeed } from '@trainyard/contracts'
import { type DiskSpace, networkCost, resolveConfig } from '@trainyard/planning'
import {
  type ExperimentStore,
  type Housekeeping,
  type NewExperiment,
  RedisUnavailableError,
  serving,
  type WorkerRegistry,
} from '@trainyard/jobs'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Caller } from '../access/key-rules.ts'
import { configHash } from './config-hash.ts'
import { assertDiskHasRoom } from '../operations/disk-space.ts'
import { checkLimits, type OperatorLimits } from './limits.ts'
import { assertMayPrioritise, callerOf } from '../access/authenticate.ts'
import { checkCapacity } from './capacity.ts'

export interface QueueDeps {
  store: Pick<ExperimentStore, 'create'>
  workers: Pick<WorkerRegistry, 'list'>
  housekeeping: Pick<Housekeeping, 'sweep'>
  diskSpace: () => Promise<DiskSpace>
  artifacts: Pick<Artifacts, 'initialCheckpoints' | 'weights'>
  limits: OperatorLimits
}

export const QueueHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('the same key and body within 24 h answer the experiment that the first call made'),
})

/** What every route that makes an experiment may answer, beside its own. */
export const QUEUE_FAILURES = [
  'INVALID_INPUT',
  'MALFORMED_JSON',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'UNPROCESSABLE_CONFIG',
  'NETWORK_TOO_LARGE',
  'IDEMPOTENCY_KEY_REUSED',
  'QUOTA_EXCEEDED',
  'STORE_FULL',
] as const

/** What a route that makes an experiment knows of its request. */
export interface KeyedRequest {
  headers: { 'idempotency-key'?: string | undefined }
  experimentId: string | null
  caller: Caller | null
}

interface Making {
  request: KeyedRequest
  reply: FastifyReply
  input: NewExperiment
  /** Of all that the request says. */
  bodyHash: string
}

export interface ExperimentQueue {
  /** The speed of a live worker of the pool; null: none is known. */
  speedOf(pool: string): Promise<TrainingSpeed | null>
  /** Refuses a config that no live worker can hold; answers what is allowed but may surprise. */
  warningsOf(config: ExperimentConfig, pool: string): Promise<string[]>
  /** What a request asks for, as it will be stored, but for the start of one with initial weights. */
  inputOf(request: ExperimentRequest, speed: TrainingSpeed | null): Promise<NewExperiment>
  /** Makes the experiment, or finds the one that the idempotency key made; sets status and headers of the answer. Without a new record a start that was taken over goes again. */
  make(making: Making): Promise<{ experiment: Experiment; replayed: boolean }>
}

/** How experiments come into the queue, whichever route asks for it. */
export function experimentQueue({ store, workers, housekeeping, diskSpace, artifacts, limits }: QueueDeps): ExperimentQueue {
  async function create({ request, reply, input, bodyHash }: Making): Promise<{ experiment: Experiment; replayed: boolean }> {
    const { owner, maxQueued } = callerOf(request)
    assertMayPrioritise(request, input.priority)
    assertDiskHasRoom(await diskSpace())
    const made = await store.create({ ...input, owner, maxQueued }, idempotencyOf(request, bodyHash))
    request.experimentId = made.experiment.id
    housekeeping.sweep()
    if (made.replayed) reply.header('idempotency-replayed', 'true')
    reply.code(201).header('location', `/api/v1/experiments/${made.experiment.id}`)
    return made
  }

  async function warningsOf(config: ExperimentConfig, pool: string): Promise<string[]> {
    const cost = networkCost(config)
    checkLimits(config, { parameters: cost.parameters, limits })
    const capacity = checkCapacity({ memoryBytes: cost.memoryBytes, pool, workers: await workers.list() })
    return [...configWarnings(config), ...capacity]
  }

  return {
    warningsOf,
    inputOf: async (request, speed) => {
      const { name = null, notes = null, tags, priority, pool } = request
      const config = resolveConfig(request, speed)
      return { config, configHash: configHash(config), name, notes, tags, priority, pool, warnings: await warningsOf(config, pool) }
    },
    speedOf: async (pool) => serving(await workers.list(), pool).find(({ speed }) => speed !== null)?.speed ?? null,
    make: async (making) => {
      const { start } = making.input
      const removeStart = async (): Promise<void> => {
        if (start) await artifacts.initialCheckpoints.remove(start.token)
      }
      const made = await create(making).catch(async (error: unknown) => {
        // Redis may have made the record and not come to say so: then the start is its, or goes after an hour
        if (!(error instanceof RedisUnavailableError)) await removeStart()
        throw error
      })
      if (made.replayed) await removeStart()
      return made
    },
  }
}

/** What makes a repeat of the request one; each API key has its own. */
export function idempotencyOf(
  request: Pick<KeyedRequest, 'headers' | 'caller'>,
  bodyHash: string,
): { key: string; bodyHash: string } | undefined {
  const named = request.headers['idempotency-key']
  return named === undefined ? undefined : { key: `${callerOf(request).keyId ?? ''} ${named}`, bodyHash }
}
