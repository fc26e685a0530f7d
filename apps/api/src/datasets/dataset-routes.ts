import { Dataset, DATASET_CATALOGUE, DatasetList, DatasetName, type WorkerInfo } from '@trainyard/contracts'
import type { WorkerRegistry } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { type Columns, fields, text } from '../http/csv.ts'
import { ByName, datasetNamed } from './dataset-by-name.ts'
import { problems, table } from '../openapi/responses.ts'
import { sendTable, TableQuery } from '../http/table-reply.ts'

const tags = ['datasets']

const listSchema = {
  operationId: 'listDatasets',
  summary: 'Datasets, and which workers have them in their caches',
  tags,
  querystring: TableQuery,
  response: table({ description: 'All datasets', schema: DatasetList }),
}

const showSchema = {
  operationId: 'getDataset',
  summary: 'One dataset',
  tags,
  params: ByName,
  response: { 200: Dataset, ...problems('INVALID_INPUT', 'DATASET_NOT_FOUND') },
}

export const datasetRoutes: FastifyPluginAsyncZod<{ workers: Pick<WorkerRegistry, 'list'> }> = async (app, { workers }) => {
  app.get('/datasets', { schema: listSchema }, async (request, reply) => {
    const live = await workers.list()
    const items = DatasetName.options.map((name) => describeDataset(name, live))
    return sendTable({ request, reply }, { list: { items }, columns: DATASET_COLUMNS })
  })

  app.get('/datasets/:name', { schema: showSchema }, async ({ params }) => describeDataset(datasetNamed(params.name), await workers.list()))
}

function describeDataset(name: DatasetName, workers: readonly WorkerInfo[]): Dataset {
  const cachedOn = workers.map(({ id, cachedSplits }) => ({
    workerId: id,
    splits: cachedSplits.filter(({ dataset }) => dataset === name).map(({ split, imageSize }) => ({ split, imageSize })),
  }))
  return { ...DATASET_CATALOGUE[name], cachedOn: cachedOn.filter(({ splits }) => splits.length > 0) }
}

const DATASET_COLUMNS: Columns<Dataset> = {
  ...fields('name', 'description', 'classes'),
  train: ({ splits }) => splits.train,
  val: ({ splits }) => splits.val,
  test: ({ splits }) => splits.test,
  ...fields('generated', 'license', 'citation'),
  cachedOn: ({ cachedOn }) => text(cachedOn.map(({ workerId }) => workerId).join(';')),
}
