import { type Comparison, Comparison as ComparisonSchema, type JsonNumber, MAX_COMPARED } from '@trainyard/contracts'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { type Columns, fields, textFields } from '../http/csv.ts'
import { EXPERIMENT_ERRORS, table } from '../openapi/responses.ts'
import { sendTable, TableQuery, tableFormat } from '../http/table-reply.ts'
import { compareExperiments } from './compare-experiments.ts'
import { checkCount, IdList, splitIds } from './id-list.ts'

const compareSchema = {
  operationId: 'compareExperiments',
  summary: 'Several experiments side by side: their curves by epoch, and what differs in their configs',
  tags: ['results'],
  querystring: TableQuery.extend({ ids: IdList.describe(`up to ${MAX_COMPARED} ids, prefixes or \`latest\`, with commas between them`) }),
  response: table(
    { description: 'Curves aligned by epoch; as CSV a row for each experiment and epoch', schema: ComparisonSchema },
    ...EXPERIMENT_ERRORS,
  ),
}

export const compareRoute: FastifyPluginAsyncZod<{ store: ExperimentStore }> = async (app, { store }) => {
  app.get('/compare', { schema: compareSchema }, async (request, reply) => {
    const ids = splitIds(request.query.ids)
    checkCount(ids, MAX_COMPARED)
    const experiments = await Promise.all(ids.map((id) => store.find(id)))
    const each = [...new Map(experiments.map((experiment) => [experiment.id, experiment])).values()]
    const found = await Promise.all(each.map(async (experiment) => ({ experiment, epochs: await store.epochs(experiment.id) })))
    const comparison = compareExperiments(found)
    if (tableFormat(request) === 'json') return sendTable({ request, reply }, { list: comparison, columns: {} })
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

/** Long form, which plotting libraries read. */
function longRows({ experiments, items }: Comparison): LongRow[] {
  return experiments.flatMap(({ id, name }, i) =>
    items.flatMap((row): LongRow[] => {
      const loss = row.loss[i] ?? null
      if (loss === null) return []
      const at = (values: readonly (JsonNumber | null)[]): JsonNumber | null => values[i] ?? null
      const [accuracy, evalLoss, evalAccuracy] = [at(row.accuracy), at(row.evalLoss), at(row.evalAccuracy)]
      const trainingSeconds = row.trainingSeconds[i] ?? null
      return [{ id, name, epoch: row.epoch, loss, accuracy, evalLoss, evalAccuracy, trainingSeconds }]
    }),
  )
}

const LONG_COLUMNS: Columns<LongRow> = {
  ...fields('id'),
  ...textFields('name'),
  ...fields('epoch', 'loss', 'accuracy', 'evalLoss', 'evalAccuracy', 'trainingSeconds'),
}
