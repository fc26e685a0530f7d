import { type Comparison, Comparison as ComparisonSchema, type JsonNumber, MAX_COMPARED } from '@trainyard/contracts'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Columns, text } from '../http/csv.ts'
import { InvalidInputError } from '../http/request-errors.ts'
import { compareExperiments } from './compare-experiments.ts'
import { problems, table } from '../openapi/responses.ts'
import { sendTable, TableQuery, wantedFormat } from '../http/table-reply.ts'

const compareSchema = {
  operationId: 'compareExperiments',
  summary: 'Several experiments side by side: their curves by epoch, and what differs in their configs',
  tags: ['results'],
  querystring: TableQuery.extend({
    ids: z.string().min(1).max(5000).describe(`up to ${MAX_COMPARED} ids, prefixes or \`latest\`, with commas between them`),
  }),
  response: {
    200: table('Curves aligned by epoch; as CSV a row for each experiment and epoch', ComparisonSchema),
    ...problems('INVALID_INPUT', 'NOT_ACCEPTABLE', 'EXPERIMENT_NOT_FOUND', 'AMBIGUOUS_ID'),
  },
}

export const compareRoute: FastifyPluginAsyncZod<{ store: ExperimentStore }> = async (app, { store }) => {
  app.get('/compare', { schema: compareSchema }, async (request, reply) => {
    const ids = request.query.ids.split(',').filter((id) => id !== '')
    if (ids.length === 0 || ids.length > MAX_COMPARED) {
      throw new InvalidInputError([{ pointer: 'ids', detail: `must name 1 to ${MAX_COMPARED} experiments, and names ${ids.length}` }])
    }
    const experiments = await Promise.all(ids.map((id) => store.find(id)))
    const each = [...new Map(experiments.map((experiment) => [experiment.id, experiment])).values()]
    const found = await Promise.all(each.map(async (experiment) => ({ experiment, epochs: await store.epochs(experiment.id) })))
    const comparison = compareExperiments(found)
    if (wantedFormat(request) === 'json') return sendTable({ request, reply }, { list: comparison, columns: {} })
    return sendTable({ request, reply }, { list: { items: longRows(comparison) }, columns: LONG_COLUMNS })
  })
}

interface LongRow {
  id: string
  name: string | null
  epoch: number
  loss: JsonNumber
  accuracy: JsonNumber | null
  evalLoss: JsonNumber | null
  evalAccuracy: JsonNumber | null
  trainingSeconds: number | null
}

/** Long form, as plotting libraries like it. */
function longRows({ experiments, items }: Comparison): LongRow[] {
  return experiments.flatMap(({ id, name }, i) =>
    items.flatMap((row): LongRow[] => {
      const loss = row.loss[i] ?? null
      if (loss === null) return []
      const at = (values: readonly (JsonNumber | null)[]): JsonNumber | null => values[i] ?? null
      const [accuracy, evalLoss, evalAccuracy] = [at(row.accuracy), at(row.evalLoss), at(row.evalAccuracy)]
      return [
        { ...{ id, name, epoch: row.epoch, loss, accuracy, evalLoss, evalAccuracy }, trainingSeconds: row.trainingSeconds[i] ?? null },
      ]
    }),
  )
}

const LONG_COLUMNS: Columns<LongRow> = {
  id: ({ id }) => id,
  name: ({ name }) => text(name),
  epoch: ({ epoch }) => epoch,
  loss: ({ loss }) => loss,
  accuracy: ({ accuracy }) => accuracy,
  evalLoss: ({ evalLoss }) => evalLoss,
  evalAccuracy: ({ evalAccuracy }) => evalAccuracy,
  trainingSeconds: ({ trainingSeconds }) => trainingSeconds,
}
