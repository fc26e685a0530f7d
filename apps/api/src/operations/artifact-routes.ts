import { collectGarbage, type Artifacts } from '@trainyard/artifacts'
import { GarbageReport, GarbageRequest } from '@trainyard/contracts'
import { createArtifactOwners, type ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { problems } from '../openapi/responses.ts'

const garbageSchema = {
  operationId: 'collectGarbage',
  summary: 'Remove what nothing needs any more of the checkpoints and models in the data directory, or in the artifact store',
  tags: ['artifacts'],
  body: GarbageRequest,
  response: { 200: GarbageReport, ...problems('INVALID_INPUT', 'MALFORMED_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE') },
}

export const artifactRoutes: FastifyPluginAsyncZod<{ store: ExperimentStore; artifacts: Artifacts }> = async (
  app,
  { store, artifacts },
) => {
  app.post('/artifacts/gc', { schema: garbageSchema, config: { scope: 'admin' } }, ({ body }) =>
    collectGarbage({ artifacts, owners: createArtifactOwners(store), ...body }),
  )
}
