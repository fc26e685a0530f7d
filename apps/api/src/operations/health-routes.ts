import type { Artifacts } from '@trainyard/artifacts'
import { Readiness } from '@trainyard/contracts'
import type { DiskSpace } from '@trainyard/planning'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { diskCheck } from './disk-space.ts'
import { problems } from '../openapi/responses.ts'

export interface HealthDeps {
  redisHealth: () => Promise<Readiness>
  diskSpace: () => Promise<DiskSpace>
  artifacts: Pick<Artifacts, 'cache'>
}

/** `/livez`: the process answers. `/readyz`: it can take and serve experiments. */
export const healthRoutes: FastifyPluginAsyncZod<HealthDeps> = async (app, { redisHealth, diskSpace, artifacts }) => {
  const { 503: _problem, ...failures } = problems()

  app.get(
    '/livez',
    {
      schema: {
        operationId: 'isLive',
        summary: 'The process answers',
        tags: ['health'],
        response: { 200: z.object({ live: z.literal(true) }), ...failures },
      },
    },
    async () => ({ live: true as const }),
  )

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'isReady',
        summary: 'Redis and disk can take experiments',
        tags: ['health'],
        response: { 200: Readiness, 503: Readiness, ...failures },
      },
    },
    async (_request, reply) => {
      const [redis, disk, store] = await Promise.all([redisHealth(), diskSpace().then(diskCheck), artifacts.cache?.health()])
      const checks = [...redis.checks, disk]
      // while the store is away experiments are taken, trained and watched all the same
      const warnings = store && !store.ok ? [...redis.warnings, store.detail] : redis.warnings
      const readiness = { ready: checks.every(({ ok }) => ok), checks: store ? [...checks, store] : checks, warnings }
      if (readiness.ready) return readiness
      return reply.code(503).header('retry-after', 2).send(readiness)
    },
  )
}
