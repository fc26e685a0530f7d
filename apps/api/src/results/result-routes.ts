import { BatchList, type BatchPoint, type Epoch, EpochList, type LogLine, LogList } from '@trainyard/contracts'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Columns, text } from '../http/csv.ts'
import { ById, experimentOf } from '../experiments/experiment-by-id.ts'
import { keepExtremes } from './downsample.ts'
import { problems, table } from '../openapi/responses.ts'
import { sendTable, TableQuery } from '../http/table-reply.ts'

/** More than a plot can show. */
const MOST_STEPS = 2000
const EpochNumber = z.coerce.number<string>().int().min(0).max(10_000)
const failures = problems('INVALID_INPUT', 'NOT_ACCEPTABLE', 'EXPERIMENT_NOT_FOUND', 'AMBIGUOUS_ID')
const tags = ['results']

const epochsSchema = {
  operationId: 'listEpochs',
  summary: 'Results of each epoch',
  tags,
  params: ById,
  querystring: TableQuery.extend({ after: EpochNumber.optional().describe('only epochs after this one') }),
  response: { 200: table('Epochs in order', EpochList), ...failures },
}

const batchesSchema = {
  operationId: 'listBatches',
  summary: 'The loss of every step',
  tags,
  params: ById,
  querystring: TableQuery.extend({
    epoch: EpochNumber.min(1).optional().describe('only the steps of this epoch'),
    reduce: z.enum(['extremes', 'none']).default('extremes').describe('over 2,000 steps: only the lowest and highest of each stretch'),
  }),
  response: { 200: table('Steps in order', BatchList), ...failures },
}

const logsSchema = {
  operationId: 'listLogs',
  summary: 'Log of the worker and the trainer',
  tags,
  params: ById,
  querystring: TableQuery,
  response: { 200: table('Lines in order', LogList), ...failures },
}

/** The tables that an experiment leaves: its epochs, its steps' losses, its log. */
export const resultRoutes: FastifyPluginAsyncZod<{ store: ExperimentStore }> = async (app, { store }) => {
  app.get('/experiments/:id/epochs', { schema: epochsSchema }, async (request, reply) => {
    const { id } = await experimentOf(request, store)
    const items = await store.epochs(id, request.query.after)
    return sendTable({ request, reply }, { list: { items }, columns: EPOCH_COLUMNS })
  })

  app.get('/experiments/:id/batches', { schema: batchesSchema }, async (request, reply) => {
    const { id } = await experimentOf(request, store)
    const all = await store.batches(id, request.query.epoch)
    const items = request.query.reduce === 'none' ? all : keepExtremes(all, MOST_STEPS)
    return sendTable({ request, reply }, { list: { items }, columns: BATCH_COLUMNS })
  })

  app.get('/experiments/:id/logs', { schema: logsSchema }, async (request, reply) => {
    const { id } = await experimentOf(request, store)
    return sendTable({ request, reply }, { list: { items: await store.logs(id) }, columns: LOG_COLUMNS })
  })
}

const EPOCH_COLUMNS: Columns<Epoch> = {
  epoch: ({ epoch }) => epoch,
  loss: ({ loss }) => loss,
  accuracy: ({ accuracy }) => accuracy,
  seconds: ({ seconds }) => seconds,
  evalSplit: ({ evalSplit }) => evalSplit,
  evalLoss: ({ evalLoss }) => evalLoss,
  evalAccuracy: ({ evalAccuracy }) => evalAccuracy,
  evalTop5Accuracy: ({ evalTop5Accuracy }) => evalTop5Accuracy,
  weightsHash: ({ weightsHash }) => weightsHash,
  at: ({ at }) => at,
  attempt: ({ attempt }) => attempt,
}

const BATCH_COLUMNS: Columns<z.infer<typeof BatchPoint>> = {
  epoch: ({ epoch }) => epoch,
  step: ({ step }) => step,
  loss: ({ loss }) => loss,
}

const LOG_COLUMNS: Columns<LogLine> = {
  at: ({ at }) => at,
  level: ({ level }) => level,
  message: ({ message }) => text(message),
}
