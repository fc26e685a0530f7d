import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Artifacts } from '@trainyard/artifacts'
import { DEFAULT_PREFIX, type ExperimentStore, type Housekeeping, keysOf, type Redis, type WorkerRegistry } from '@trainyard/jobs'
import type { Access } from './access/key-rules.ts'
import { againRoutes } from './experiments/rerun-routes.ts'
import { answerUnknownRoutes } from './http/not-found.ts'
import { artifactRoutes } from './operations/artifact-routes.ts'
import { auditCalls } from './access/audit.ts'
import { tellBrowsers } from './http/security-headers.ts'
import { compareRoute } from './results/compare-route.ts'
import { type DashboardDeps, dashboardRoutes } from './dashboard/dashboard-routes.ts'
import { datasetRoutes } from './datasets/dataset-routes.ts'
import { refuseEmptyNumbers } from './openapi/empty-numbers.ts'
import { tagAnswers } from './http/etags.ts'
import { type EventDeps, eventRoutes } from './results/event-routes.ts'
import { decorateExperimentId } from './experiments/experiment-by-id.ts'
import type { QueueDeps } from './experiments/submit-experiment.ts'
import { experimentRoutes } from './experiments/experiment-routes.ts'
import { type HealthDeps, healthRoutes } from './operations/health-routes.ts'
import { type KeyDeps, keyRoutes } from './access/key-routes.ts'
import { refuseForeignPages } from './access/host-check.ts'
import { layersRoute } from './results/layers-route.ts'
import { type LifeDeps, lifeRoutes } from './experiments/lifecycle-routes.ts'
import { measureAnswers, type MetricsDeps, metricsRoute } from './operations/metrics-route.ts'
import { type ModelDeps, modelRoutes } from './models/model-routes.ts'
import { documentRoutes } from './openapi/openapi.ts'
import { type PredictDeps, predictRoute } from './models/predict-route.ts'
import { type ProbeDeps, probeRoutes } from './probes/probe-routes.ts'
import { answerWithProblems, refuseUnreadablePath } from './http/problem-reply.ts'
import { logRequests, requestIdOf } from './operations/request-log.ts'
import { limitRates } from './access/rate-limits.ts'
import { LONGEST_RECEIVE_MS, limitReceiving } from './http/body-timeout.ts'
import { requireKey } from './access/authenticate.ts'
import { resultRoutes } from './results/result-routes.ts'
import { type SamplesDeps, samplesRoute } from './datasets/samples-route.ts'
import { sparklinesRoute } from './results/sparklines-route.ts'
import { type SweepDeps, sweepRoutes } from './sweeps/sweep-routes.ts'
import { submitRoute } from './experiments/submit-route.ts'
import { type WeightsDeps, weightsRoute } from './experiments/weights-route.ts'
import { workerRoutes } from './workers/worker-routes.ts'

export interface ApiDeps
  extends
    QueueDeps,
    LifeDeps,
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
  redis: Redis
  access: Access
  /** Pages of these sites may use the API from a browser. */
  origins: readonly string[]
  store: ExperimentStore
  workers: WorkerRegistry
  housekeeping: Housekeeping
  logger: FastifyBaseLogger
}

const BODY_LIMIT_BYTES = 2 ** 20
const HEADERS_WITHIN_MS = 20_000
/** So that a parameter that is too long is told which one it is. */
const HEADERS_LIMIT_BYTES = 2 ** 16

/** The whole HTTP service, not yet listening. */
export async function buildApp({ logger, ...deps }: ApiDeps): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: logger,
    genReqId: requestIdOf,
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    // to send a request in; what is answered may take its time
    requestTimeout: LONGEST_RECEIVE_MS,
    http: { headersTimeout: HEADERS_WITHIN_MS, maxHeaderSize: HEADERS_LIMIT_BYTES },
    frameworkErrors: (_error, request, reply) => refuseUnreadablePath(request, reply),
    routerOptions: { maxParamLength: 200 },
  })
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler)
  // JSON is the only body that any route takes, but for photos and weights.
  app.removeContentTypeParser('text/plain')
  decorateExperimentId(app)
  logRequests(app)
  const registry = measureAnswers(app)
  limitReceiving(app)
  refuseEmptyNumbers(app)
  answerUnknownRoutes(app, { hasDashboard: deps.dashboardFolder !== null })
  answerWithProblems(app)
  app.decorateRequest('caller', null)
  await tellBrowsers(app, deps)
  await tagAnswers(app)
  refuseForeignPages(app, deps)
  await documentRoutes(app)
  await dashboardRoutes(app, deps)
  await app.register(healthRoutes, deps)
  await app.register(async (guarded) => {
    await guard(guarded, deps)
    await guarded.register(metricsRoute, { ...deps, registry })
    await guarded.register((api) => registerRoutes(api, deps), { prefix: '/api/v1' })
  })
  return app
}

/** For all that a key may be needed for. */
async function guard(app: FastifyInstance, { redis, audit, access }: Pick<ApiDeps, 'redis' | 'audit' | 'access'>): Promise<void> {
  auditCalls(app, audit)
  await limitRates(app, { redis, nameSpace: keysOf(DEFAULT_PREFIX).rate })
  requireKey(app, access)
}

async function registerRoutes(app: FastifyInstance, deps: Omit<ApiDeps, 'logger'>): Promise<void> {
  await app.register(submitRoute, deps)
  await app.register(experimentRoutes, deps)
  await app.register(lifeRoutes, deps)
  await app.register(againRoutes, deps)
  await app.register(artifactRoutes, deps)
  await app.register(resultRoutes, deps)
  await app.register(layersRoute, deps)
  await app.register(compareRoute, deps)
  await app.register(sparklinesRoute, deps)
  await app.register(modelRoutes, deps)
  await app.register(eventRoutes, deps)
  await app.register(predictRoute, deps)
  await app.register(weightsRoute, deps)
  await app.register(probeRoutes, deps)
  await app.register(datasetRoutes, deps)
  await app.register(samplesRoute, deps)
  await app.register(workerRoutes, deps)
  await app.register(sweepRoutes, deps)
  await app.register(keyRoutes, deps)
}
