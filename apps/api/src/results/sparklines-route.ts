import { ExpectedError, MAX_SPARKLINES, type Sparkline, SPARKLINE_POINTS, SparklineList } from '@trainyard/contracts'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { keepExtremes } from './downsample.ts'
import { InvalidInputError } from '../http/request-errors.ts'
import { problems } from '../openapi/responses.ts'

const sparklinesSchema = {
  operationId: 'listSparklines',
  summary: 'The losses of many experiments, each in a few points: to draw beside a list',
  tags: ['results'],
  querystring: z.strictObject({
    ids: z.string().min(1).max(5000).describe(`up to ${MAX_SPARKLINES} whole ids, with commas between them; one that is gone is left out`),
  }),
  response: { 200: SparklineList, ...problems('INVALID_INPUT') },
}

export const sparklinesRoute: FastifyPluginAsyncZod<{ store: ExperimentStore }> = async (app, { store }) => {
  async function sparklineOf(id: string): Promise<Sparkline[]> {
    try {
      return [{ id, losses: keepExtremes(await store.epochs(id), SPARKLINE_POINTS).map(({ loss }) => loss) }]
    } catch (error) {
      // deleted since the list was drawn
      if (error instanceof ExpectedError && error.code === 'EXPERIMENT_NOT_FOUND') return []
      throw error
    }
  }
  app.get('/sparklines', { schema: sparklinesSchema }, async (request) => {
    const ids = [...new Set(request.query.ids.split(',').filter((id) => id !== ''))]
    if (ids.length === 0 || ids.length > MAX_SPARKLINES) {
      throw new InvalidInputError([{ pointer: 'ids', detail: `must name 1 to ${MAX_SPARKLINES} experiments, and names ${ids.length}` }])
    }
    return { sparklines: (await Promise.all(ids.map(sparklineOf))).flat() }
  })
}
