import { Dataset, DATASET_CATALOGUE, DatasetList, DatasetName, type WorkerInfo } from '@trainyard/contracts'
import type { WorkerRegistry } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { type Columns, text } from '../http/csv.ts'
import { ByName, datasetNamed } from './dataset-by-name.ts'
import { problems, table } from '../openapi/responses.ts'
import { sendTable, TableQuery } from '../http/table-reply.ts'

export const datasetRoutes: FastifyPluginAsyncZod<{ workers: Pick<WorkerRegistry, 'list'> }> = async (app, { workers }) => {
  app.get(
    '/datasets',
    {
      schema: {
        operationId: 'listDatasets',
        summary: 'Datasets, and which workers hold them decoded',
        tags: ['datasets'],
        querystring: TableQuery,
        response: { 200: table('All datasets', DatasetList), ...problems('INVALID_INPUT', 'NOT_ACCEPTABLE') },
      },
    },
    async (request, reply) => {
      const live = await workers.list()
      const items = DatasetName.options.map((name) => describeDataset(name, live))
      return sendTable({ request, reply }, { list: { items }, columns: DATASET_COLUMNS })
    },
  )

  app.get(
    '/datasets/:name',
    {
      schema: {
        operationId: 'getDataset',
        summary: 'One dataset',
        tags: ['datasets'],
        params: ByName,
        response: { 200: Dataset, ...problems('INVALID_INPUT', 'DATASET_NOT_FOUND') },
      },
    },
    async ({ params }) => describeDataset(datasetNamed(params.name), await workers.list()),
  )
}

function describeDataset(name: DatasetName, workers: readonly WorkerInfo[]): Dataset {
  const cachedOn = workers.map(({ id, cachedSplits }) => ({
    workerId: id,
    splits: cachedSplits.filter(({ dataset }) => dataset === name).map(({ split, imageSize }) => ({ split, imageSize })),
  }))
  return { ...DATASET_CATALOGUE[name], cachedOn: cachedOn.filter(({ splits }) => splits.length > 0) }
}

const DATASET_COLUMNS: Columns<Dataset> = {
  name: ({ name }) => name,
  description: ({ description }) => description,
  classes: ({ classes }) => classes,
  train: ({ splits }) => splits.train,
  val: ({ splits }) => splits.val,
  test: ({ splits }) => splits.test,
  generated: ({ generated }) => generated,
  license: ({ license }) => license,
  citation: ({ citation }) => citation,
  cachedOn: ({ cachedOn }) => text(cachedOn.map(({ workerId }) => workerId).join(';')),
}
