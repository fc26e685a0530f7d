import {
  configWarnings,
  type DiskSpace,
  DryRun,
  dryRunShapes,
  Experiment,
  type ExperimentConfig,
  ExperimentRequest,
  forecastConfig,
  networkCost,
  resolveConfig,
} from '@trainyard/contracts'
import type { ExperimentStore, Housekeeping, WorkerRegistry } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { bodyHash, configHash } from './config-hash.ts'
import { assertDiskHasRoom } from './disk-space.ts'
import { checkCapacity } from './network-capacity.ts'
import { problems } from './responses.ts'

export interface SubmitDeps {
  store: Pick<ExperimentStore, 'create'>
  workers: Pick<WorkerRegistry, 'list'>
  housekeeping: Pick<Housekeeping, 'sweep'>
  diskSpace: () => Promise<DiskSpace>
}

const SubmitHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('the same key and body within 24 h answer the experiment that the first call made'),
})
const SubmitQuery = z.strictObject({
  dryRun: z.enum(['true', 'false']).default('false').describe('true: check and cost it, queue nothing'),
})

const submitSchema = {
  summary: 'Queue an experiment',
  tags: ['experiments'],
  headers: SubmitHeaders,
  querystring: SubmitQuery,
  body: ExperimentRequest,
  response: {
    200: DryRun,
    201: Experiment,
    ...problems(
      'INVALID_INPUT',
      'MALFORMED_JSON',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'UNPROCESSABLE_CONFIG',
      'NETWORK_TOO_LARGE',
      'IDEMPOTENCY_KEY_REUSED',
      'STORE_FULL',
    ),
  },
}

export const submitRoute: FastifyPluginAsyncZod<SubmitDeps> = async (app, { store, workers, housekeeping, diskSpace }) => {
  app.post('/experiments', { schema: submitSchema }, async (request, reply) => {
    const { body, headers, query } = request
    const config = resolveConfig(body)
    const capacity = checkCapacity({ memoryBytes: networkCost(config).memoryBytes, pool: body.pool, workers: await workers.list() })
    const warnings = [...configWarnings(config), ...capacity]
    if (query.dryRun === 'true') return reply.code(200).send(dryRun(config, warnings))

    assertDiskHasRoom(await diskSpace())
    const { name = null, notes = null, tags, priority, pool } = body
    const key = headers['idempotency-key']
    const { experiment, replayed } = await store.create(
      { config, configHash: configHash(config), name, notes, tags, priority, pool, warnings },
      key === undefined ? undefined : { key, bodyHash: bodyHash(body) },
    )
    request.experimentId = experiment.id
    housekeeping.sweep()
    if (replayed) reply.header('idempotency-replayed', 'true')
    return reply.code(201).header('location', `/api/v1/experiments/${experiment.id}`).send(experiment)
  })
}

function dryRun(config: ExperimentConfig, warnings: string[]): DryRun {
  return { config, configHash: configHash(config), ...dryRunShapes(config), signal: forecastConfig(config), warnings }
}
