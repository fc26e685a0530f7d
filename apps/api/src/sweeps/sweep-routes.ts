import {
  type ExperimentConfig,
  NormLabTable,
  type Objective,
  PageToken,
  Sweep,
  SweepPage,
  SweepPlan,
  SweepRequest,
  type SweepSummary,
  type Trial,
} from '@trainyard/contracts'
import type { ExperimentStore, SweepStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requestHash } from '../experiments/config-hash.ts'
import { type Columns, text } from '../http/csv.ts'
import { assertDiskHasRoom } from '../operations/disk-space.ts'
import { ById } from '../experiments/experiment-by-id.ts'
import { experimentQueue, idempotencyOf, QUEUE_FAILURES, type QueueDeps, QueueHeaders } from '../experiments/submit-experiment.ts'
import { nextPageLink } from '../http/next-page-link.ts'
import { NORM_LAB_COLUMNS, normLabTable } from './norm-lab-table.ts'
import { assertMayChange, assertMayPrioritise, callerOf } from '../access/authenticate.ts'
import { problems, table } from '../openapi/responses.ts'
import { planTrials } from './sweep-trials.ts'
import { sendTable, TableQuery } from '../http/table-reply.ts'

export interface SweepDeps extends QueueDeps {
  store: ExperimentStore
  sweeps: SweepStore
}

const tags = ['sweeps']

const createSchema = {
  operationId: 'submitSweep',
  summary: 'Run many experiments that differ in some fields',
  tags,
  headers: QueueHeaders,
  querystring: z.strictObject({ dryRun: z.enum(['true', 'false']).default('false').describe('true: say the trials, queue nothing') }),
  body: SweepRequest,
  response: { 200: SweepPlan, 201: Sweep, ...problems(...QUEUE_FAILURES) },
}

const listSchema = {
  operationId: 'listSweeps',
  summary: 'Sweeps, newest first',
  tags,
  querystring: TableQuery.extend({
    pageSize: z.coerce.number<string>().int().min(1).max(200).default(50),
    pageToken: PageToken.optional(),
  }),
  response: { 200: table('A page of sweeps', SweepPage), ...problems('INVALID_INPUT', 'PAGE_TOKEN_UNKNOWN', 'NOT_ACCEPTABLE') },
}

const found = ['INVALID_INPUT', 'NOT_ACCEPTABLE', 'SWEEP_NOT_FOUND'] as const
const showSchema = {
  operationId: 'getSweep',
  summary: 'One sweep with all its trials',
  tags,
  params: ById,
  querystring: TableQuery,
  response: { 200: table('The sweep; as CSV its trials', Sweep), ...problems(...found) },
}

const normLabSchema = {
  operationId: 'getNormLab',
  summary: 'Norms paired with none, depth by depth',
  tags,
  params: ById,
  querystring: TableQuery,
  response: { 200: table('A row for each depth and norm', NormLabTable), ...problems(...found) },
}

const cancelSchema = {
  operationId: 'cancelSweep',
  summary: 'Cancel a sweep: all its trials, and no more are made',
  tags,
  params: ById,
  response: { 202: Sweep, ...problems('INVALID_INPUT', 'SWEEP_NOT_FOUND', 'WRONG_STATE') },
}

export const sweepRoutes: FastifyPluginAsyncZod<SweepDeps> = async (app, deps) => {
  const { sweeps, store, workers, housekeeping, diskSpace } = deps

  app.post('/sweeps', { schema: createSchema }, async (request, reply) => {
    const { body } = request
    const { owner, maxQueued } = callerOf(request)
    assertMayPrioritise(request, body.priority)
    const live = await workers.list() // once for all trials
    const queue = experimentQueue({ ...deps, workers: { list: async () => live } })
    const speed = await queue.speedOf(body.pool)
    const planned = planTrials(body)
    const trials = await Promise.all(
      planned.map(async (trial) => ({ ...trial, experiment: { ...(await queue.inputOf(trial.request, speed)), owner, maxQueued } })),
    )
    const objective = body.objective ?? objectiveOf(trials.map(({ experiment }) => experiment.config))
    const strategy = body.preset ? 'grid' : body.strategy
    if (request.query.dryRun === 'true') {
      const items = planned.map(({ fields }, i) => ({ trial: i + 1, fields }))
      return reply.code(200).send({ strategy, objective, trials: items.length, items })
    }
    assertDiskHasRoom(await diskSpace())
    const idempotency = idempotencyOf(request, requestHash(request))
    const { sweep, replayed } = await sweeps.create({ request: { ...body, strategy }, objective, owner, trials }, idempotency)
    housekeeping.sweep()
    if (replayed) reply.header('idempotency-replayed', 'true')
    return reply.code(201).header('location', `/api/v1/sweeps/${sweep.id}`).send(sweep)
  })

  app.get('/sweeps', { schema: listSchema }, async (request, reply) => {
    const page = await sweeps.list(request.query)
    if (page.nextPageToken) reply.header('link', nextPageLink(request.url, page.nextPageToken))
    return sendTable({ request, reply }, { list: page, columns: SWEEP_COLUMNS })
  })

  app.get('/sweeps/:id', { schema: showSchema }, async (request, reply) =>
    sendTable({ request, reply }, { list: await sweeps.find(request.params.id), columns: TRIAL_COLUMNS }),
  )

  app.get('/sweeps/:id/norm-lab', { schema: normLabSchema }, async (request, reply) => {
    const list = await normLabTable(await sweeps.find(request.params.id), store)
    return sendTable({ request, reply }, { list, columns: NORM_LAB_COLUMNS })
  })

  app.post('/sweeps/:id/cancel', { schema: cancelSchema }, async (request, reply) => {
    const { id, owner } = await sweeps.find(request.params.id)
    assertMayChange(request, owner)
    const sweep = await sweeps.cancel(id)
    housekeeping.sweep()
    return reply.code(202).send(sweep)
  })
}

const objectiveOf = (configs: readonly ExperimentConfig[]): Objective =>
  configs.every(({ evaluate }) => evaluate !== 'none') ? 'evalAccuracy' : 'loss'

const SWEEP_COLUMNS: Columns<SweepSummary> = {
  id: ({ id }) => id,
  name: ({ name }) => text(name),
  owner: ({ owner }) => text(owner),
  state: ({ state }) => state,
  strategy: ({ strategy }) => strategy,
  objective: ({ objective }) => objective,
  trials: ({ trials }) => trials,
  created: ({ created }) => created,
  ended: ({ ended }) => ended,
  createdAt: ({ createdAt }) => createdAt,
  finishedAt: ({ finishedAt }) => finishedAt,
}

const TRIAL_COLUMNS: Columns<Trial> = {
  trial: ({ trial }) => trial,
  experimentId: ({ experimentId }) => experimentId,
  fields: ({ fields }) => JSON.stringify(fields),
  state: ({ state }) => state,
  reason: ({ reason }) => reason,
  epochs: ({ epochs }) => epochs,
  value: ({ value }) => value,
  bestEpoch: ({ best }) => best?.epoch ?? null,
  stoppedAtEpoch: ({ stopped }) => stopped?.epoch ?? null,
  place: ({ stopped }) => stopped?.place ?? null,
  of: ({ stopped }) => stopped?.of ?? null,
}
