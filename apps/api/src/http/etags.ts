import etag from '@fastify/etag'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

const Responses = z.looseObject({ 200: z.unknown() })

/** What a client has already is not sent again: every whole answer to a GET has a tag of its bytes, and If-None-Match is answered with 304. */
export async function tagAnswers(app: FastifyInstance): Promise<void> {
  app.addHook('onRoute', ({ method, schema }) => {
    const responses = Responses.safeParse(schema?.response)
    if (method !== 'GET' || !schema || !responses.success || 304 in responses.data) return
    schema.response = { ...responses.data, 304: z.null().describe('it is what If-None-Match names') }
  })
  await app.register(etag, { algorithm: 'sha1' })
  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode >= 400) reply.removeHeader('etag')
    // asked for again each time, and answered in full only where it has changed
    else if (request.method === 'GET' && !reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache')
  })
}
