import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyRequest {
    /** The experiment that the request is about, once known: for its log lines. */
    experimentId: string | null
  }
}

/** A client may send its own id, so that its log and the service's can be compared. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const brought = request.headers['x-request-id']
  return typeof brought === 'string' && /^[\w-]{1,64}$/.test(brought) ? brought : randomUUID()
}

/** One log line per answered request; every answer carries the request's id. */
export const requestLog = fp(
  async (app) => {
    app.decorateRequest('experimentId', null)
    app.addHook('onRequest', async (request, reply) => {
      reply.header('x-request-id', request.id)
    })
    app.addHook('onResponse', async (request, reply) => {
      const { method, experimentId, routeOptions } = request
      const [route, durationMs] = [routeOptions.url ?? 'none', Math.round(reply.elapsedTime)]
      request.log.info({ method, route, status: reply.statusCode, durationMs, experimentId: experimentId ?? undefined }, 'answered')
    })
  },
  { name: 'request-log' },
)
