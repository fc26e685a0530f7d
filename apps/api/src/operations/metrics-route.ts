import type { FleetMetrics, WorkerRegistry } from '@trainyard/jobs'
import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { z } from 'zod'
import { fleetText } from './metrics-text.ts'
import { problems } from '../openapi/responses.ts'

export interface MetricsDeps {
  fleetMetrics: () => Promise<FleetMetrics>
  workers: Pick<WorkerRegistry, 'list'>
}

const SECONDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]

/** Times every answer of this process. To be called before any route is registered. */
export function measureAnswers(app: FastifyInstance): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer, but for event streams',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  })
  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    if (routeOptions.url?.endsWith('/events')) return
    durations.observe({ method, route: routeOptions.url ?? 'none', status: reply.statusCode }, reply.elapsedTime / 1000)
  })
  return registry
}

/** `/metrics`: the fleet, which every API process tells alike, and this process. */
export const metricsRoute: FastifyPluginAsyncZod<MetricsDeps & { registry: Registry }> = async (app, deps) => {
  const { fleetMetrics, workers, registry } = deps
  const schema = {
    operationId: 'getMetrics',
    summary: 'Counts of the fleet and of this process, for Prometheus',
    tags: ['health'],
    response: {
      200: { description: "Prometheus's text format", content: { 'text/plain': { schema: z.string() } } },
      ...problems('NOT_ACCEPTABLE'),
    },
  }
  app.get('/metrics', { schema }, async (_request, reply) => {
    const [fleet, live, own] = await Promise.all([fleetMetrics(), workers.list(), registry.metrics()])
    return reply.type(registry.contentType).send(fleetText(fleet, live) + own)
  })
}
