import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** A client may bring its own id, so that its log and ours can be laid side by side. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const brought = request.headers['x-request-id']
  return typeof brought === 'string' && /^[\w-]{1,64}$/.test(brought) ? brought : randomUUID()
}

/** One line per request, when it is answered; every answer carries the id of its line. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, experimentId } = request
    const route = request.routeOptions.url ?? 'none'
    const line = {
      method,
      route,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      experimentId: experimentId ?? undefined,
    }
    request.log.info(line, 'answered')
  })
}
