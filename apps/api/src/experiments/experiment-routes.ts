import { Experiment, ExperimentListQuery, ExperimentPage } from '@trainyard/contracts'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { type Columns, fields, text, textFields } from '../http/csv.ts'
import { ById, experimentOf } from './experiment-by-id.ts'
import { EXPERIMENT_ERRORS, problems, table } from '../openapi/responses.ts'
import { sendTable, TableQuery } from '../http/table-reply.ts'

const ListQuery = TableQuery.extend(ExperimentListQuery.shape)

const listSchema = {
  operationId: 'listExperiments',
  summary: 'List experiments, newest first without `sort`',
  tags: ['experiments'],
  querystring: ListQuery,
  response: table({ description: 'A page of experiments', schema: ExperimentPage }, 'PAGE_TOKEN_UNKNOWN'),
}

const showSchema = {
  operationId: 'getExperiment',
  summary: 'One experiment',
  tags: ['experiments'],
  params: ById,
  response: { 200: Experiment, ...problems(...EXPERIMENT_ERRORS) },
}

export const experimentRoutes: FastifyPluginAsyncZod<{ store: ExperimentStore }> = async (app, { store }) => {
  app.get('/experiments', { schema: listSchema }, async (request, reply) => {
    const { format: _format, ...query } = request.query
    return sendTable({ request, reply }, { list: await store.list(query), columns: EXPERIMENT_COLUMNS })
  })

  app.get('/experiments/:id', { schema: showSchema }, (request) => experimentOf(request, store))
}

const EXPERIMENT_COLUMNS: Columns<Experiment> = {
  ...fields('id'),
  ...textFields('name'),
  tags: ({ tags }) => text(tags.join(';')),
  ...fields('state', 'reason'),
  dataset: ({ config }) => config.dataset,
  imageSize: ({ config }) => config.imageSize,
  layerSizes: ({ config }) => config.layerSizes.join(';'),
  norm: ({ config }) => config.norm,
  bias: ({ config }) => config.bias,
  lr: ({ config }) => config.lr,
  momentum: ({ config }) => config.momentum,
  batchSize: ({ config }) => config.batchSize,
  epochs: ({ config }) => config.epochs,
  seed: ({ config }) => config.seed,
  ...fields('configHash', 'priority', 'pool'),
  ...textFields('owner'),
  parent: ({ parent }) => parent?.id ?? null,
  parentEpoch: ({ parent }) => parent?.epoch ?? null,
  epochsDone: ({ latest }) => latest?.epoch ?? 0,
  loss: ({ latest }) => latest?.loss ?? null,
  evalLoss: ({ latest }) => latest?.evalLoss ?? null,
  evalAccuracy: ({ latest }) => latest?.evalAccuracy ?? null,
  bestEpoch: ({ best }) => best?.epoch ?? null,
  bestEvalAccuracy: ({ best }) => best?.evalAccuracy ?? null,
  attempts: ({ attempts }) => attempts.length,
  error: ({ error }) => error?.code ?? null,
  ...fields('createdAt', 'startedAt', 'finishedAt'),
}
