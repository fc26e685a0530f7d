import { z } from 'zod'
import type { EventFeed, ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { EventStreams } from './event-streams.ts'
import { ById, experimentOf } from '../experiments/experiment-by-id.ts'
import { EXPERIMENT_ERRORS, problems } from '../openapi/responses.ts'

export interface EventDeps {
  store: ExperimentStore
  feed: Pick<EventFeed, 'subscribe'>
  streams: EventStreams
}

const EventHeaders = z.looseObject({
  'last-event-id': z
    .string()
    .regex(/^(\d{1,16}-\d{1,16})?$/, 'is not an id that this stream has sent')
    .optional()
    .describe('continue after this event'),
})

/** As a client's parser answers it. */
const ServerSentEvent = z.object({
  id: z.string().optional(),
  event: z.string().optional(),
  data: z.string().describe('JSON'),
  retry: z.int().optional(),
})

const eventsSchema = {
  operationId: 'streamEvents',
  summary: 'Everything that happens, as server-sent events: all so far, then live, until `end`',
  tags: ['results'],
  params: ById,
  headers: EventHeaders,
  response: {
    200: {
      description: 'state, progress, batch, epoch, log, snapshot, end',
      content: { 'text/event-stream': { schema: ServerSentEvent } },
    },
    ...problems(...EXPERIMENT_ERRORS),
  },
}

export const eventRoutes: FastifyPluginAsyncZod<EventDeps> = async (app, { store, feed, streams }) => {
  app.addHook('preClose', async () => streams.close())

  app.get(
    '/experiments/:id/events',
    {
      // A HEAD would wait for the end of the experiment.
      exposeHeadRoute: false,
      schema: eventsSchema,
    },
    async (request, reply) => {
      const { id } = await experimentOf(request, store)
      const afterEventId = request.headers['last-event-id'] || null
      reply.hijack()
      // the headers of every answer: security, CORS, rate limit
      for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        // Kept alive, an ended stream would delay the server's close.
        connection: 'close',
        'x-request-id': request.id,
      })
      await streams
        .send(reply.raw, (signal) => feed.subscribe(id, { afterEventId, signal }))
        .catch((error: unknown) => {
          request.log.error({ err: error, experimentId: id }, 'event stream failed')
        })
    },
  )
}
