import { collectGarbage, type Artifacts } from '@trainyard/artifacts'
import { GarbageReport, GarbageRequest } from '@trainyard/contracts'
import { createArtifactOwners, type ExperimentStore } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { BODY_ERRORS, problems } from '../openapi/responses.ts'

const garbageSchema = {
  operationId: 'collectGarbage',
  summary: 'Remove checkpoints and models that no experiment needs from the data directory or the artifact store',
  tags: ['artifacts'],
  body: GarbageRequest,
  response: { 200: GarbageReport, ...problems(...BODY_ERRORS) },
}

export const artifactRoutes: FastifyPluginAsyncZod<{ store: ExperimentStore; artifacts: Artifacts }> = async (
  app,
  { store, artifacts },
) => {
  app.post('/artifacts/gc', { schema: garbageSchema, config: { scope: 'admin' } }, ({ body }) =>
    collectGarbage({ artifacts, owners: createArtifactOwners(store), ...body }),
  )
}
