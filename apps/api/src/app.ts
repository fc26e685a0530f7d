import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import fp from 'fastify-plugin'
import { type FastifyPluginAsyncZod, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Artifacts } from '@trainyard/artifacts'
import { DEFAULT_PREFIX, type ExperimentStore, type Housekeeping, keysOf, type Redis, type WorkerRegistry } from '@trainyard/jobs'
import { audit } from './access/audit.ts'
import { authenticate } from './access/authenticate.ts'
import { hostCheck } from './access/host-check.ts'
import { type KeyDeps, keyRoutes } from './access/key-routes.ts'
import type { Access } from './access/key-rules.ts'
import { rateLimits } from './access/rate-limits.ts'
import { dashboard, type DashboardDeps } from './dashboard/dashboard-routes.ts'
import { datasetRoutes } from './datasets/dataset-routes.ts'
import { type SamplesDeps, samplesRoute } from './datasets/samples-route.ts'
import { experimentRoutes } from './experiments/experiment-routes.ts'
import { type LifecycleDeps, lifecycleRoutes } from './experiments/lifecycle-routes.ts'
import { rerunRoutes } from './experiments/rerun-routes.ts'
import type { SubmitDeps } from './experiments/submit-experiment.ts'
import { submitRoute } from './experiments/submit-route.ts'
import { type WeightsDeps, weightsRoute } from './experiments/weights-route.ts'
import { bodyTimeout, MAX_BODY_TIMEOUT_MS } from './http/body-timeout.ts'
import { etags } from './http/etags.ts'
import { notFound } from './http/not-found.ts'
import { errorHandler, refuseUnreadablePath } from './http/problem-reply.ts'
import { securityHeaders } from './http/security-headers.ts'
import { type ModelDeps, modelRoutes } from './models/model-routes.ts'
import { type PredictDeps, predictRoute } from './models/predict-route.ts'
import { emptyNumbers } from './openapi/empty-numbers.ts'
import { openapi } from './openapi/openapi.ts'
import { artifactRoutes } from './operations/artifact-routes.ts'
import { type HealthDeps, healthRoutes } from './operations/health-routes.ts'
import { httpMetrics, type MetricsDeps, metricsRoute } from './operations/metrics-route.ts'
import { requestIdOf, requestLog } from './operations/request-log.ts'
import { type ProbeDeps, probeRoutes } from './probes/probe-routes.ts'
import { compareRoute } from './results/compare-route.ts'
import { type EventDeps, eventRoutes } from './results/event-routes.ts'
import { resultRoutes } from './results/result-routes.ts'
import { sparklinesRoute } from './results/sparklines-route.ts'
import { type SweepDeps, sweepRoutes } from './sweeps/sweep-routes.ts'
import { workerRoutes } from './workers/worker-routes.ts'

export interface ApiDeps
  extends
    SubmitDeps,
    LifecycleDeps,
    HealthDeps,
    EventDeps,
    ProbeDeps,
    PredictDeps,
    SamplesDeps,
    MetricsDeps,
    ModelDeps,
    SweepDeps,
    KeyDeps,
    WeightsDeps,
    DashboardDeps {
  artifacts: Artifacts
  store: ExperimentStore
  workers: WorkerRegistry
  housekeeping: Housekeeping
  redis: Redis
  access: Access
  /** Sites whose pages may use the API from a browser. */
  origins: readonly string[]
  logger: FastifyBaseLogger
}
type PluginDeps = Omit<ApiDeps, 'logger'>

const BODY_LIMIT_BYTES = 2 ** 20
const HEADERS_TIMEOUT_MS = 20_000
/** More than the longest valid URL, so that a parameter that is too long is answered with its name. */
const MAX_HEADER_BYTES = 2 ** 16

const ROUTES: readonly FastifyPluginAsyncZod<PluginDeps>[] = [
  submitRoute,
  experimentRoutes,
  lifecycleRoutes,
  rerunRoutes,
  artifactRoutes,
  resultRoutes,
  compareRoute,
  sparklinesRoute,
  modelRoutes,
  eventRoutes,
  predictRoute,
  weightsRoute,
  probeRoutes,
  datasetRoutes,
  samplesRoute,
  workerRoutes,
  sweepRoutes,
  keyRoutes,
]

/** All that may need a key. */
const api = fp<PluginDeps>(
  async (app, deps) => {
    await app.register(rateLimits, { redis: deps.redis, nameSpace: keysOf(DEFAULT_PREFIX).rate })
    await app.register(authenticate, deps)
    await app.register(audit, deps)
    await app.register(metricsRoute, deps)
    await app.register(
      async (versioned) => {
        for (const routes of ROUTES) await versioned.register(routes, deps)
      },
      { prefix: '/api/v1' },
    )
  },
  {
    name: 'api',
    encapsulate: true,
    dependencies: ['request-log', 'http-metrics', 'body-timeout', 'empty-numbers', 'not-found', 'host-check', 'etags', 'openapi'],
  },
)

/** The whole HTTP service, not yet listening. */
export async function buildApp({ logger, ...deps }: ApiDeps): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: logger,
    genReqId: requestIdOf,
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    // for the request; the answer may take longer
    requestTimeout: MAX_BODY_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: MAX_HEADER_BYTES },
    frameworkErrors: (_error, request, reply) => refuseUnreadablePath(request, reply),
    routerOptions: { maxParamLength: 200 },
  })
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler)
  // JSON is the only body that any route takes, except images and weights.
  app.removeContentTypeParser('text/plain')
  await app.register(requestLog)
  await app.register(errorHandler)
  await app.register(httpMetrics)
  await app.register(bodyTimeout)
  await app.register(emptyNumbers)
  await app.register(notFound, { hasDashboard: deps.dashboardFolder !== null })
  await app.register(securityHeaders, deps)
  await app.register(etags)
  await app.register(hostCheck, deps)
  await app.register(openapi)
  await app.register(dashboard, deps)
  await app.register(healthRoutes, deps)
  await app.register(api, deps)
  return app
}
