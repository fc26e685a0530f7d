import type { FleetMetrics, WorkerRegistry } from '@trainyard/jobs'
import fp from 'fastify-plugin'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { z } from 'zod'
import { fleetText } from './metrics-text.ts'
import { problems } from '../openapi/responses.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Of this process. */
    metrics: Registry
  }
}

export interface MetricsDeps {
  fleetMetrics: () => Promise<FleetMetrics>
  workers: Pick<WorkerRegistry, 'list'>
}

const SECONDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]

/** Measures the duration of every answer of this process. */
export const httpMetrics = fp(
  async (app) => {
    const registry = new Registry()
    collectDefaultMetrics({ register: registry })
    const durations = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Duration of HTTP requests, without event streams',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers: [registry],
    })
    app.decorate('metrics', registry)
    app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
      if (routeOptions.url?.endsWith('/events')) return
      durations.observe({ method, route: routeOptions.url ?? 'none', status: reply.statusCode }, reply.elapsedTime / 1000)
    })
  },
  { name: 'http-metrics' },
)

const metricsSchema = {
  operationId: 'getMetrics',
  summary: 'Metrics of the fleet and of this process, for Prometheus',
  tags: ['health'],
  response: {
    200: { description: "Prometheus's text format", content: { 'text/plain': { schema: z.string() } } },
    ...problems('NOT_ACCEPTABLE'),
  },
}

/** `/metrics`: the fleet, alike from every API process, and this process. */
export const metricsRoute: FastifyPluginAsyncZod<MetricsDeps> = async (app, { fleetMetrics, workers }) => {
  app.get('/metrics', { schema: metricsSchema }, async (_request, reply) => {
    const [fleet, live, own] = await Promise.all([fleetMetrics(), workers.list(), app.metrics.metrics()])
    return reply.type(app.metrics.contentType).send(fleetText(fleet, live) + own)
  })
}
