import {
  type ExperimentConfig,
  NormLabTable,
  type Objective,
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
import { authorizeOwner, authorizePriority } from '../access/authenticate.ts'
import { ById } from '../experiments/experiment-by-id.ts'
import { createSubmitter, SUBMIT_ERRORS, type SubmitDeps, SubmitHeaders } from '../experiments/submit-experiment.ts'
import { type Columns, fields, textFields } from '../http/csv.ts'
import { pageQuery, sendTable, TableQuery } from '../http/table-reply.ts'
import { problems, table } from '../openapi/responses.ts'
import { NORM_LAB_COLUMNS, normLabTable } from './norm-lab-table.ts'
import { planTrials } from './sweep-trials.ts'

export interface SweepDeps extends SubmitDeps {
  store: ExperimentStore
  sweeps: SweepStore
}

const tags = ['sweeps']

const createSchema = {
  operationId: 'submitSweep',
  summary: 'Run many experiments that differ in some fields',
  tags,
  headers: SubmitHeaders,
  querystring: z.strictObject({
    dryRun: z.enum(['true', 'false']).default('false').describe('true: answer the trials, queue nothing'),
  }),
  body: SweepRequest,
  response: { 200: SweepPlan, 201: Sweep, ...problems(...SUBMIT_ERRORS) },
}

const listSchema = {
  operationId: 'listSweeps',
  summary: 'Sweeps, newest first',
  tags,
  querystring: pageQuery({ defaultSize: 50, maxSize: 200 }),
  response: table({ description: 'A page of sweeps', schema: SweepPage }, 'PAGE_TOKEN_UNKNOWN'),
}

const showSchema = {
  operationId: 'getSweep',
  summary: 'One sweep with all its trials',
  tags,
  params: ById,
  querystring: TableQuery,
  response: table({ description: 'The sweep; as CSV its trials', schema: Sweep }, 'SWEEP_NOT_FOUND'),
}

const normLabSchema = {
  ...showSchema,
  operationId: 'getNormLab',
  summary: 'Norms paired with none, depth by depth',
  response: table({ description: 'A row for each depth and norm', schema: NormLabTable }, 'SWEEP_NOT_FOUND'),
}

const cancelSchema = {
  operationId: 'cancelSweep',
  summary: 'Cancel a sweep with all its trials; no more are created',
  tags,
  params: ById,
  response: { 202: Sweep, ...problems('INVALID_INPUT', 'SWEEP_NOT_FOUND', 'WRONG_STATE') },
}

export const sweepRoutes: FastifyPluginAsyncZod<SweepDeps> = async (app, deps) => {
  const { sweeps, store, housekeeping } = deps
  const { readPool, accept } = createSubmitter(deps)

  app.post('/sweeps', { schema: createSchema }, async (request, reply) => {
    const { body } = request
    authorizePriority(request, body.priority)
    const { resolve } = await readPool(body.pool)
    const trials = planTrials(body).map((trial) => ({ ...trial, experiment: resolve(trial.request) }))
    const objective = body.objective ?? objectiveOf(trials.map(({ experiment }) => experiment.config))
    const strategy = body.preset ? 'grid' : body.strategy
    if (request.query.dryRun === 'true') {
      const items = trials.map((trial, i) => ({ trial: i + 1, fields: trial.fields }))
      return reply.code(200).send({ strategy, objective, trials: items.length, items })
    }
    const { created } = await accept({ request, reply, collection: 'sweeps' }, async ({ owner, maxQueued, idempotency }) => {
      const owned = trials.map((trial) => ({ ...trial, experiment: { ...trial.experiment, owner, maxQueued } }))
      const answer = await sweeps.create({ request: { ...body, strategy }, objective, owner, trials: owned }, idempotency)
      return { created: answer.sweep, replayed: answer.replayed }
    })
    return reply.send(created)
  })

  app.get('/sweeps', { schema: listSchema }, async (request, reply) =>
    sendTable({ request, reply }, { list: await sweeps.list(request.query), columns: SWEEP_COLUMNS }),
  )

  app.get('/sweeps/:id', { schema: showSchema }, async (request, reply) =>
    sendTable({ request, reply }, { list: await sweeps.find(request.params.id), columns: TRIAL_COLUMNS }),
  )

  app.get('/sweeps/:id/norm-lab', { schema: normLabSchema }, async (request, reply) => {
    const list = await normLabTable(await sweeps.find(request.params.id), store)
    return sendTable({ request, reply }, { list, columns: NORM_LAB_COLUMNS })
  })

  app.post('/sweeps/:id/cancel', { schema: cancelSchema }, async (request, reply) => {
    const { id, owner } = await sweeps.find(request.params.id)
    authorizeOwner(request, owner)
    const sweep = await sweeps.cancel(id)
    housekeeping.dispatchDue()
    return reply.code(202).send(sweep)
  })
}

const objectiveOf = (configs: readonly ExperimentConfig[]): Objective =>
  configs.every(({ evaluate }) => evaluate !== 'none') ? 'evalAccuracy' : 'loss'

const SWEEP_COLUMNS: Columns<SweepSummary> = {
  ...fields('id'),
  ...textFields('name', 'owner'),
  ...fields('state', 'strategy', 'objective', 'trials', 'created', 'ended', 'createdAt', 'finishedAt'),
}

const TRIAL_COLUMNS: Columns<Trial> = {
  ...fields('trial', 'experimentId'),
  fields: (trial) => JSON.stringify(trial.fields),
  ...fields('state', 'reason', 'epochs', 'value'),
  bestEpoch: ({ best }) => best?.epoch ?? null,
  stoppedAtEpoch: ({ stopped }) => stopped?.epoch ?? null,
  place: ({ stopped }) => stopped?.place ?? null,
  of: ({ stopped }) => stopped?.of ?? null,
}
