import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import fp from 'fastify-plugin'

/** Answers are data and never pages, except /docs and the dashboard, which have policies of their own; pages of other sites may read nothing unless they are named. */
export const securityHeaders = fp<{ origins: readonly string[] }>(
  async (app, { origins }) => {
    await app.register(helmet, {
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
      // the operator's proxy has the certificate, so it sets this header
      strictTransportSecurity: false,
      // what an allowed origin fetches must reach it
      crossOriginResourcePolicy: { policy: origins.length > 0 ? 'cross-origin' : 'same-origin' },
    })
    if (origins.length === 0) return
    await app.register(cors, {
      origin: [...origins],
      methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-none-match', 'last-event-id', 'prefer'],
      exposedHeaders: [
        'etag',
        'idempotency-replayed',
        'link',
        'location',
        'ratelimit-limit',
        'ratelimit-remaining',
        'ratelimit-reset',
        'retry-after',
        'x-request-id',
      ],
      maxAge: 600,
    })
  },
  { name: 'security-headers' },
)
