import { type Artifacts, StoreUnavailableError } from '@trainyard/artifacts'
import { Experiment, ExperimentPatch } from '@trainyard/contracts'
import type { ExperimentStore, Housekeeping } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ById, ownExperimentOf } from './experiment-by-id.ts'
import { assertMayPrioritise } from '../access/authenticate.ts'
import { problems } from '../openapi/responses.ts'

export interface LifeDeps {
  store: ExperimentStore
  housekeeping: Pick<Housekeeping, 'sweep'>
  artifacts: Artifacts
}

const found = ['INVALID_INPUT', 'EXPERIMENT_NOT_FOUND', 'AMBIGUOUS_ID', 'WRONG_STATE'] as const
const lifecycleSchema = (wish: string, summary: string) => ({
  operationId: `${wish}Experiment`,
  summary,
  tags: ['experiments'],
  params: ById,
  response: { 202: Experiment, ...problems(...found) },
})

const patchSchema = {
  operationId: 'updateExperiment',
  summary: 'Change name, notes, tags or priority',
  tags: ['experiments'],
  params: ById,
  body: ExperimentPatch,
  response: { 200: Experiment, ...problems(...found, 'MALFORMED_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE') },
}

const deleteSchema = {
  operationId: 'deleteExperiment',
  summary: 'Delete one that has ended, with its checkpoints and models',
  tags: ['experiments'],
  params: ById,
  response: { 204: z.null().describe('it is gone'), ...problems(...found) },
}

/** What users wish of an experiment after they have submitted it. */
export const lifeRoutes: FastifyPluginAsyncZod<LifeDeps> = async (app, { store, housekeeping, artifacts }) => {
  const wishes = {
    cancel: 'Cancel: a queued or paused one at once, a running one when its worker has stopped',
    pause: "Pause: a queued one at once, a running one at its epoch's end, with a checkpoint",
    resume: 'Resume a paused one: it is queued, and goes on from its checkpoint on any worker',
  } as const
  for (const wish of ['cancel', 'pause', 'resume'] as const)
    app.post(`/experiments/:id/${wish}`, { schema: lifecycleSchema(wish, wishes[wish]) }, async (request, reply) => {
      const { id } = await ownExperimentOf(request, store)
      const experiment = await store[wish](id)
      housekeeping.sweep()
      return reply.code(202).send(experiment)
    })

  app.patch('/experiments/:id', { schema: patchSchema }, async (request) => {
    const { id } = await ownExperimentOf(request, store)
    assertMayPrioritise(request, request.body.priority)
    const experiment = await store.patch(id, request.body)
    housekeeping.sweep()
    return experiment
  })

  app.delete('/experiments/:id', { schema: deleteSchema }, async (request, reply) => {
    const { id } = await ownExperimentOf(request, store)
    await store.remove(id)
    // Files on other hosts, and what stays if this process dies now or the store is away, are removed by the workers' sweeps.
    const files = [artifacts.checkpoints.removeAllBut(id, []), artifacts.models.removeAllBut(id, []), artifacts.results.remove(id)]
    await Promise.all(files).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailableError)) throw error
      request.log.warn({ err: error, experimentId: id }, 'its files are left to the next sweep')
    })
    return reply.code(204).send(null)
  })
}
