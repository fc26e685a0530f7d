import { ExpectedError, MAX_SPARKLINES, type Sparkline, SPARKLINE_POINTS, SparklineList } from '@trainyard/contracts'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problems } from '../openapi/responses.ts'
import { downsample } from './downsample.ts'
import { checkCount, IdList, splitIds } from './id-list.ts'

const sparklinesSchema = {
  operationId: 'listSparklines',
  summary: 'The losses of many experiments, each in a few points, to draw in a list',
  tags: ['results'],
  querystring: z.strictObject({
    ids: IdList.describe(`up to ${MAX_SPARKLINES} whole ids, with commas between them; one that is gone is left out`),
  }),
  response: { 200: SparklineList, ...problems('INVALID_INPUT') },
}

export const sparklinesRoute: FastifyPluginAsyncZod<{ store: ExperimentStore }> = async (app, { store }) => {
  async function sparklineOf(id: string): Promise<Sparkline[]> {
    try {
      return [{ id, losses: downsample(await store.epochs(id), SPARKLINE_POINTS).map(({ loss }) => loss) }]
    } catch (error) {
      // deleted since the list was drawn
      if (error instanceof ExpectedError && error.code === 'EXPERIMENT_NOT_FOUND') return []
      throw error
    }
  }
  app.get('/sparklines', { schema: sparklinesSchema }, async (request) => {
    const ids = [...new Set(splitIds(request.query.ids))]
    checkCount(ids, MAX_SPARKLINES)
    return { sparklines: (await Promise.all(ids.map(sparklineOf))).flat() }
  })
}
