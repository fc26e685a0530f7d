import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { ExperimentStore, Housekeeping, WorkerRegistry } from '@trainyard/jobs'
import { againRoutes } from './again-routes.ts'
import { artifactRoutes } from './artifact-routes.ts'
import { datasetRoutes } from './dataset-routes.ts'
import { type EventDeps, eventRoutes } from './event-routes.ts'
import { decorateExperimentId } from './experiment-by-id.ts'
import type { QueueDeps } from './experiment-queue.ts'
import { experimentRoutes } from './experiment-routes.ts'
import { type HealthDeps, healthRoutes } from './health-routes.ts'
import { refuseForeignPages } from './known-hosts.ts'
import { layersRoute } from './layers-route.ts'
import { type LifeDeps, lifeRoutes } from './life-routes.ts'
import { type ModelDeps, modelRoutes } from './model-routes.ts'
import { documentRoutes } from './openapi.ts'
import { type PredictDeps, predictRoute } from './predict-route.ts'
import { type ProbeDeps, probeRoutes } from './probe-routes.ts'
import { answerWithProblems, refuseUnreadablePath } from './problem-reply.ts'
import { logRequests, requestIdOf } from './request-log.ts'
import { resultRoutes } from './result-routes.ts'
import { submitRoute } from './submit-route.ts'
import { workerRoutes } from './worker-routes.ts'

export interface ApiDeps extends QueueDeps, LifeDeps, HealthDeps, EventDeps, ProbeDeps, PredictDeps, ModelDeps {
  store: ExperimentStore
  workers: WorkerRegistry
  housekeeping: Housekeeping
  logger: FastifyBaseLogger
}

const BODY_LIMIT_BYTES = 2 ** 20
const BASE = { prefix: '/api/v1' }

/** The whole HTTP service, not yet listening. */
export async function buildApp({ logger, ...deps }: ApiDeps): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: logger,
    genReqId: requestIdOf,
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    frameworkErrors: (_error, request, reply) => refuseUnreadablePath(request, reply),
    routerOptions: { maxParamLength: 200 },
  })
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler)
  // JSON is the only body that any route takes, but for photos.
  app.removeContentTypeParser('text/plain')
  decorateExperimentId(app)
  logRequests(app)
  answerWithProblems(app)
  refuseForeignPages(app)
  await documentRoutes(app)
  await app.register(healthRoutes, deps)
  await app.register(submitRoute, { ...BASE, ...deps })
  await app.register(experimentRoutes, { ...BASE, ...deps })
  await app.register(lifeRoutes, { ...BASE, ...deps })
  await app.register(againRoutes, { ...BASE, ...deps })
  await app.register(artifactRoutes, { ...BASE, ...deps })
  await app.register(resultRoutes, { ...BASE, ...deps })
  await app.register(layersRoute, { ...BASE, ...deps })
  await app.register(modelRoutes, { ...BASE, ...deps })
  await app.register(eventRoutes, { ...BASE, ...deps })
  await app.register(predictRoute, { ...BASE, ...deps })
  await app.register(probeRoutes, { ...BASE, ...deps })
  await app.register(datasetRoutes, { ...BASE, ...deps })
  await app.register(workerRoutes, { ...BASE, ...deps })
  return app
}
