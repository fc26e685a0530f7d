import { LayerList, type LayerRow } from '@trainyard/contracts'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Columns } from '../http/csv.ts'
import { ById, experimentOf } from '../experiments/experiment-by-id.ts'
import { problems, table } from '../openapi/responses.ts'
import { sendTable, TableQuery } from '../http/table-reply.ts'

const layersSchema = {
  operationId: 'listLayers',
  summary: 'How the signal fared at every layer, epoch by epoch',
  tags: ['results'],
  params: ById,
  querystring: TableQuery.extend({
    epoch: z.coerce.number<string>().int().min(1).max(10_000).optional().describe('only this epoch'),
  }),
  response: {
    200: table('Layers in order, first to last in each epoch', LayerList),
    ...problems('INVALID_INPUT', 'NOT_ACCEPTABLE', 'EXPERIMENT_NOT_FOUND', 'AMBIGUOUS_ID'),
  },
}

export const layersRoute: FastifyPluginAsyncZod<{ store: ExperimentStore }> = async (app, { store }) => {
  app.get('/experiments/:id/layers', { schema: layersSchema }, async (request, reply) => {
    const { id } = await experimentOf(request, store)
    const items = await store.layers(id, request.query.epoch)
    return sendTable({ request, reply }, { list: { items }, columns: LAYER_COLUMNS })
  })
}

const LAYER_COLUMNS: Columns<LayerRow> = {
  epoch: ({ epoch }) => epoch,
  layer: ({ layer }) => layer,
  kind: ({ kind }) => kind,
  outputNorm: ({ outputNorm }) => outputNorm,
  mean: ({ mean }) => mean,
  std: ({ std }) => std,
  preMean: ({ preMean }) => preMean,
  preStd: ({ preStd }) => preStd,
  deadShare: ({ deadShare }) => deadShare,
  gradientNorm: ({ gradientNorm }) => gradientNorm,
  weightNorm: ({ weightNorm }) => weightNorm,
  updateRatio: ({ updateRatio }) => updateRatio,
}
