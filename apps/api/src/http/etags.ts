import etag from '@fastify/etag'
import fp from 'fastify-plugin'
import { z } from 'zod'

const Responses = z.looseObject({ 200: z.unknown() })

/** Conditional requests: every answer to a GET has an ETag of its bytes, and a matching If-None-Match is answered with 304. */
export const etags = fp(
  async (app) => {
    app.addHook('onRoute', ({ method, schema }) => {
      const responses = Responses.safeParse(schema?.response)
      if (method !== 'GET' || !schema || !responses.success || 304 in responses.data) return
      schema.response = { ...responses.data, 304: z.null().describe('If-None-Match names it already') }
    })
    await app.register(etag, { algorithm: 'sha1' })
    app.addHook('onSend', async (request, reply) => {
      if (reply.statusCode >= 400) reply.removeHeader('etag')
      // revalidated each time, and answered in full only where it has changed
      else if (request.method === 'GET' && !reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache')
    })
  },
  { name: 'etags' },
)
