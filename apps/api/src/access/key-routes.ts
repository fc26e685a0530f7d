import { ApiKey, ApiKeyList, type AuditEntry, AuditPage, KeyRequest, NewApiKey, PageToken } from '@trainyard/contracts'
import type { AuditLog, KeyStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Columns, text } from '../http/csv.ts'
import { nextPageLink } from '../http/next-page-link.ts'
import { ForbiddenError } from '../http/request-errors.ts'
import { problems, table } from '../openapi/responses.ts'
import { sendTable, TableQuery } from '../http/table-reply.ts'

export interface KeyDeps {
  keys: KeyStore
  audit: AuditLog
}

const tags = ['access']
const admin = { scope: 'admin' } as const

const createSchema = {
  operationId: 'createKey',
  summary: 'Make an API key; its secret is answered this once. The first one must be an admin’s',
  tags,
  body: KeyRequest,
  response: { 201: NewApiKey, ...problems('INVALID_INPUT', 'MALFORMED_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'STORE_FULL') },
}

const listSchema = {
  operationId: 'listKeys',
  summary: 'All API keys, oldest first',
  tags,
  querystring: TableQuery,
  response: { 200: table('Keys without their secrets, revoked ones too', ApiKeyList), ...problems('INVALID_INPUT', 'NOT_ACCEPTABLE') },
}

const revokeSchema = {
  operationId: 'revokeKey',
  summary: 'Revoke a key: from now on it opens nothing',
  tags,
  params: z.strictObject({ id: z.string().min(1).max(64) }),
  response: { 200: ApiKey, ...problems('INVALID_INPUT', 'KEY_NOT_FOUND') },
}

const auditSchema = {
  operationId: 'listAudit',
  summary: 'Who changed what, newest first',
  tags,
  querystring: TableQuery.extend({
    pageSize: z.coerce.number<string>().int().min(1).max(1000).default(100),
    pageToken: PageToken.optional(),
  }),
  response: {
    200: table('Calls that changed something or were refused', AuditPage),
    ...problems('INVALID_INPUT', 'PAGE_TOKEN_UNKNOWN', 'NOT_ACCEPTABLE'),
  },
}

/** Keys, and what was done with them: for admins. */
export const keyRoutes: FastifyPluginAsyncZod<KeyDeps> = async (app, { keys, audit }) => {
  app.post('/keys', { schema: createSchema, config: admin }, async ({ body }, reply) => {
    if (body.scope !== 'admin' && !(await keys.exist()))
      throw new ForbiddenError('The first key must have the scope admin, or nobody could make another one')
    const key = await keys.create(body)
    return reply.code(201).header('cache-control', 'no-store').send(key)
  })

  app.get('/keys', { schema: listSchema, config: admin }, async (request, reply) =>
    sendTable({ request, reply }, { list: { items: await keys.list() }, columns: KEY_COLUMNS }),
  )

  app.delete('/keys/:id', { schema: revokeSchema, config: admin }, ({ params }) => keys.revoke(params.id))

  app.get('/audit', { schema: auditSchema, config: admin }, async (request, reply) => {
    const page = await audit.list(request.query)
    if (page.nextPageToken) reply.header('link', nextPageLink(request.url, page.nextPageToken))
    return sendTable({ request, reply }, { list: page, columns: AUDIT_COLUMNS })
  })
}

const KEY_COLUMNS: Columns<ApiKey> = {
  id: ({ id }) => id,
  name: ({ name }) => text(name),
  owner: ({ owner }) => text(owner),
  scope: ({ scope }) => scope,
  beginsWith: ({ beginsWith }) => beginsWith,
  maxRunning: ({ maxRunning }) => maxRunning,
  maxQueued: ({ maxQueued }) => maxQueued,
  requestsPerMinute: ({ requestsPerMinute }) => requestsPerMinute,
  createdAt: ({ createdAt }) => createdAt,
  lastUsedAt: ({ lastUsedAt }) => lastUsedAt,
  revokedAt: ({ revokedAt }) => revokedAt,
}

const AUDIT_COLUMNS: Columns<AuditEntry> = {
  id: ({ id }) => id,
  at: ({ at }) => at,
  keyId: ({ keyId }) => keyId,
  owner: ({ owner }) => text(owner),
  method: ({ method }) => method,
  route: ({ route }) => route,
  target: ({ target }) => text(target),
  status: ({ status }) => status,
  address: ({ address }) => address,
  requestId: ({ requestId }) => requestId,
}
