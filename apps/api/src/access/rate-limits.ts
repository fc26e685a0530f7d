import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import type { Redis } from '@trainyard/jobs'
import { RateLimitedError } from '../http/request-errors.ts'
import { callerOf } from './authenticate.ts'

/** Bounds how many requests each key sends within a minute, over all APIs; where no key is needed, none. */
export async function limitRates(app: FastifyInstance, { redis, nameSpace }: { redis: Redis; nameSpace: string }): Promise<void> {
  await app.register(rateLimit, {
    redis,
    nameSpace,
    timeWindow: 60_000,
    enableDraftSpec: true,
    // an unreachable Redis is the route's to tell
    skipOnError: true,
    max: (request) => callerOf(request).requestsPerMinute,
    keyGenerator: (request) => callerOf(request).keyId ?? '',
    allowList: (request) => callerOf(request).keyId === null,
    errorResponseBuilder: (_request, { ttl }) => new RateLimitedError(Math.ceil(ttl / 1000)),
  })
}
