import { ApiKey, ApiKeyList, type AuditEntry, AuditPage, KeyRequest, NewApiKey } from '@trainyard/contracts'
import type { AuditLog, KeyStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Columns, fields, textFields } from '../http/csv.ts'
import { ForbiddenError } from '../http/request-errors.ts'
import { BODY_ERRORS, problems, table } from '../openapi/responses.ts'
import { pageQuery, sendTable, TableQuery } from '../http/table-reply.ts'

export interface KeyDeps {
  keys: KeyStore
  audit: AuditLog
}

const tags = ['access']
const admin = { scope: 'admin' } as const

const createSchema = {
  operationId: 'createKey',
  summary: 'Create an API key; only this answer has its secret. The first key must have the scope admin',
  tags,
  body: KeyRequest,
  response: { 201: NewApiKey, ...problems(...BODY_ERRORS, 'STORE_FULL') },
}

const listSchema = {
  operationId: 'listKeys',
  summary: 'All API keys, oldest first',
  tags,
  querystring: TableQuery,
  response: table({ description: 'Keys without their secrets, revoked ones too', schema: ApiKeyList }),
}

const revokeSchema = {
  operationId: 'revokeKey',
  summary: 'Revoke a key at once',
  tags,
  params: z.strictObject({ id: z.string().min(1).max(64) }),
  response: { 200: ApiKey, ...problems('INVALID_INPUT', 'KEY_NOT_FOUND') },
}

const auditSchema = {
  operationId: 'listAudit',
  summary: 'Who changed what, newest first',
  tags,
  querystring: pageQuery({ defaultSize: 100, maxSize: 1000 }),
  response: table({ description: 'Calls that changed something or were refused', schema: AuditPage }, 'PAGE_TOKEN_UNKNOWN'),
}

/** API keys and the audit log, for admins. */
export const keyRoutes: FastifyPluginAsyncZod<KeyDeps> = async (app, { keys, audit }) => {
  app.post('/keys', { schema: createSchema, config: admin }, async ({ body }, reply) => {
    if (body.scope !== 'admin' && !(await keys.exist()))
      throw new ForbiddenError('The first key must have the scope admin, since only an admin can create another')
    const key = await keys.create(body)
    return reply.code(201).header('cache-control', 'no-store').send(key)
  })

  app.get('/keys', { schema: listSchema, config: admin }, async (request, reply) =>
    sendTable({ request, reply }, { list: { items: await keys.list() }, columns: KEY_COLUMNS }),
  )

  app.delete('/keys/:id', { schema: revokeSchema, config: admin }, ({ params }) => keys.revoke(params.id))

  app.get('/audit', { schema: auditSchema, config: admin }, async (request, reply) =>
    sendTable({ request, reply }, { list: await audit.list(request.query), columns: AUDIT_COLUMNS }),
  )
}

const KEY_COLUMNS: Columns<ApiKey> = {
  ...fields('id'),
  ...textFields('name', 'owner'),
  ...fields('scope', 'beginsWith', 'maxRunning', 'maxQueued', 'requestsPerMinute', 'createdAt', 'lastUsedAt', 'revokedAt'),
}

const AUDIT_COLUMNS: Columns<AuditEntry> = {
  ...fields('id', 'at', 'keyId'),
  ...textFields('owner'),
  ...fields('method', 'route'),
  ...textFields('target'),
  ...fields('status', 'address', 'requestId'),
}
