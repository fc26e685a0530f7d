import type { AuditLog } from '@trainyard/jobs'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isSafe } from './safe-methods.ts'

/** Records every call of an unsafe method, refused ones too, before it is answered. */
export const audit = fp<{ audit: Pick<AuditLog, 'add'> }>(
  async (app, { audit: log }) => {
    app.addHook('onSend', async (request, reply) => {
      if (isSafe(request.method)) return
      await log
        .add(entryOf(request, reply.statusCode))
        .catch((error: unknown) => request.log.error({ err: error }, 'a call could not be audited'))
    })
  },
  { name: 'audit', dependencies: ['authenticate', 'request-log'] },
)

function entryOf(request: FastifyRequest, status: number): Parameters<AuditLog['add']>[0] {
  const { principal, method, ip, id, routeOptions, experimentId, params } = request
  return {
    keyId: principal?.keyId ?? null,
    owner: principal?.owner ?? null,
    method,
    route: routeOptions.url ?? '',
    target: experimentId ?? firstOf(params),
    status,
    address: ip,
    requestId: id,
  }
}

/** What the path names, where it is no experiment. */
function firstOf(params: unknown): string | null {
  const [first] = params !== null && typeof params === 'object' ? Object.values(params) : []
  return typeof first === 'string' ? first : null
}
