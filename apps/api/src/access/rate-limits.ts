import rateLimit from '@fastify/rate-limit'
import type { Redis } from '@trainyard/jobs'
import fp from 'fastify-plugin'
import { RateLimitedError } from '../http/request-errors.ts'
import { principalOf } from './authenticate.ts'

/** Limits the requests of each key within a minute, over all API processes; where no key is needed, none. */
export const rateLimits = fp<{ redis: Redis; nameSpace: string }>(
  async (app, { redis, nameSpace }) => {
    await app.register(rateLimit, {
      redis,
      nameSpace,
      timeWindow: 60_000,
      enableDraftSpec: true,
      // the route itself answers that Redis is unreachable
      skipOnError: true,
      max: (request) => principalOf(request).requestsPerMinute,
      keyGenerator: (request) => principalOf(request).keyId ?? '',
      allowList: (request) => principalOf(request).keyId === null,
      errorResponseBuilder: (_request, { ttl }) => new RateLimitedError(Math.ceil(ttl / 1000)),
    })
  },
  { name: 'rate-limits' },
)
