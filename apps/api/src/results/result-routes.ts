import { BatchList, type BatchPoint, type Epoch, EpochList, LayerList, type LayerRow, type LogLine, LogList } from '@trainyard/contracts'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Columns, fields, textFields } from '../http/csv.ts'
import { ById, experimentOf } from '../experiments/experiment-by-id.ts'
import { downsample } from './downsample.ts'
import { EXPERIMENT_ERRORS, table } from '../openapi/responses.ts'
import { sendTable, TableQuery } from '../http/table-reply.ts'

/** More than a plot can show. */
const MAX_STEPS = 2000
const EpochNumber = z.coerce.number<string>().int().min(0).max(10_000)
const tags = ['results']

const epochsSchema = {
  operationId: 'listEpochs',
  summary: 'Results of each epoch',
  tags,
  params: ById,
  querystring: TableQuery.extend({ after: EpochNumber.optional().describe('only epochs after this one') }),
  response: table({ description: 'Epochs in order', schema: EpochList }, ...EXPERIMENT_ERRORS),
}

const batchesSchema = {
  operationId: 'listBatches',
  summary: 'The loss of every step',
  tags,
  params: ById,
  querystring: TableQuery.extend({
    epoch: EpochNumber.min(1).optional().describe('only the steps of this epoch'),
    reduce: z.enum(['extremes', 'none']).default('extremes').describe('over 2,000 steps: only the lowest and highest of each interval'),
  }),
  response: table({ description: 'Steps in order', schema: BatchList }, ...EXPERIMENT_ERRORS),
}

const layersSchema = {
  operationId: 'listLayers',
  summary: 'The signal at every layer, epoch by epoch',
  tags,
  params: ById,
  querystring: TableQuery.extend({ epoch: EpochNumber.min(1).optional().describe('only this epoch') }),
  response: table({ description: 'Layers in order, first to last in each epoch', schema: LayerList }, ...EXPERIMENT_ERRORS),
}

const logsSchema = {
  operationId: 'listLogs',
  summary: 'Log of the worker and the trainer',
  tags,
  params: ById,
  querystring: TableQuery,
  response: table({ description: 'Lines in order', schema: LogList }, ...EXPERIMENT_ERRORS),
}

/** An experiment's epochs, steps, layers and log, each a table. */
export const resultRoutes: FastifyPluginAsyncZod<{ store: ExperimentStore }> = async (app, { store }) => {
  app.get('/experiments/:id/epochs', { schema: epochsSchema }, async (request, reply) => {
    const { id } = await experimentOf(request, store)
    const items = await store.epochs(id, request.query.after)
    return sendTable({ request, reply }, { list: { items }, columns: EPOCH_COLUMNS })
  })

  app.get('/experiments/:id/batches', { schema: batchesSchema }, async (request, reply) => {
    const { id } = await experimentOf(request, store)
    const all = await store.batches(id, request.query.epoch)
    const items = request.query.reduce === 'none' ? all : downsample(all, MAX_STEPS)
    return sendTable({ request, reply }, { list: { items }, columns: BATCH_COLUMNS })
  })

  app.get('/experiments/:id/layers', { schema: layersSchema }, async (request, reply) => {
    const { id } = await experimentOf(request, store)
    const items = await store.layers(id, request.query.epoch)
    return sendTable({ request, reply }, { list: { items }, columns: LAYER_COLUMNS })
  })

  app.get('/experiments/:id/logs', { schema: logsSchema }, async (request, reply) => {
    const { id } = await experimentOf(request, store)
    return sendTable({ request, reply }, { list: { items: await store.logs(id) }, columns: LOG_COLUMNS })
  })
}

const EPOCH_COLUMNS: Columns<Epoch> = {
  ...fields('epoch', 'loss', 'accuracy', 'seconds', 'evalSplit', 'evalLoss', 'evalAccuracy', 'evalTop5Accuracy', 'weightsHash'),
  ...fields('at', 'attempt'),
}

const BATCH_COLUMNS: Columns<z.infer<typeof BatchPoint>> = fields('epoch', 'step', 'loss')

const LAYER_COLUMNS: Columns<LayerRow> = {
  ...fields('epoch', 'layer', 'kind', 'outputNorm', 'mean', 'std', 'preMean', 'preStd', 'deadShare'),
  ...fields('gradientNorm', 'weightNorm', 'updateRatio'),
}

const LOG_COLUMNS: Columns<LogLine> = { ...fields('at', 'level'), ...textFields('message') }
