import { Experiment, ExperimentListQuery, ExperimentPage } from '@trainyard/contracts'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { type Columns, text } from '../http/csv.ts'
import { ById, experimentOf } from './experiment-by-id.ts'
import { nextPageLink } from '../http/next-page-link.ts'
import { problems, table } from '../openapi/responses.ts'
import { sendTable, TableQuery } from '../http/table-reply.ts'

const ListQuery = TableQuery.extend(ExperimentListQuery.shape)

const listSchema = {
  operationId: 'listExperiments',
  summary: 'List experiments, newest first unless `sort` says otherwise',
  tags: ['experiments'],
  querystring: ListQuery,
  response: { 200: table('A page of experiments', ExperimentPage), ...problems('INVALID_INPUT', 'PAGE_TOKEN_UNKNOWN', 'NOT_ACCEPTABLE') },
}

const showSchema = {
  operationId: 'getExperiment',
  summary: 'One experiment',
  tags: ['experiments'],
  params: ById,
  response: { 200: Experiment, ...problems('INVALID_INPUT', 'EXPERIMENT_NOT_FOUND', 'AMBIGUOUS_ID') },
}

export const experimentRoutes: FastifyPluginAsyncZod<{ store: ExperimentStore }> = async (app, { store }) => {
  app.get('/experiments', { schema: listSchema }, async (request, reply) => {
    const { format: _format, ...query } = request.query
    const page = await store.list(query)
    if (page.nextPageToken) reply.header('link', nextPageLink(request.url, page.nextPageToken))
    return sendTable({ request, reply }, { list: page, columns: EXPERIMENT_COLUMNS })
  })

  app.get('/experiments/:id', { schema: showSchema }, (request) => experimentOf(request, store))
}

const EXPERIMENT_COLUMNS: Columns<Experiment> = {
  id: ({ id }) => id,
  name: ({ name }) => text(name),
  tags: ({ tags }) => text(tags.join(';')),
  state: ({ state }) => state,
  reason: ({ reason }) => reason,
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
  configHash: ({ configHash }) => configHash,
  priority: ({ priority }) => priority,
  pool: ({ pool }) => pool,
  owner: ({ owner }) => text(owner),
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
  createdAt: ({ createdAt }) => createdAt,
  startedAt: ({ startedAt }) => startedAt,
  finishedAt: ({ finishedAt }) => finishedAt,
}
