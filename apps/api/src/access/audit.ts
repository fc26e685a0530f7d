import type { AuditLog } from '@trainyard/jobs'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isSafe } from './safe-methods.ts'

/** Notes every call that changes something, or would have and was refused, before it is answered. */
export function auditCalls(app: FastifyInstance, audit: Pick<AuditLog, 'add'>): void {
  app.addHook('onSend', async (request, reply) => {
    if (isSafe(request.method)) return
    await audit
      .add(entryOf(request, reply.statusCode))
      .catch((error: unknown) => request.log.error({ err: error }, 'a call could not be audited'))
  })
}

function entryOf(request: FastifyRequest, status: number): Parameters<AuditLog['add']>[0] {
  const { caller, method, ip, id, routeOptions, experimentId, params } = request
  return {
    keyId: caller?.keyId ?? null,
    owner: caller?.owner ?? null,
    method,
    route: routeOptions.url ?? '',
    target: experimentId ?? namedIn(params),
    status,
    address: ip,
    requestId: id,
  }
}

/** What the path names, where it is no experiment. */
function namedIn(params: unknown): string | null {
  const [first] = params !== null && typeof params === 'object' ? Object.values(params) : []
  return typeof first === 'string' ? first : null
}
