import { type Artifacts, StoreUnavailableError } from '@trainyard/artifacts'
import { Experiment, ExperimentPatch } from '@trainyard/contracts'
import type { ExperimentStore, Housekeeping } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { authorizePriority } from '../access/authenticate.ts'
import { BODY_ERRORS, EXPERIMENT_ERRORS, problems } from '../openapi/responses.ts'
import { ById, ownExperimentOf } from './experiment-by-id.ts'

export interface LifecycleDeps {
  store: ExperimentStore
  housekeeping: Pick<Housekeeping, 'dispatchDue'>
  artifacts: Artifacts
}

const shared = { tags: ['experiments'], params: ById }
const codes = [...EXPERIMENT_ERRORS, 'WRONG_STATE'] as const

const ACTIONS = {
  cancel: 'Cancel: a queued or paused one at once, a running one when its worker has stopped',
  pause: "Pause: a queued one at once, a running one at its epoch's end, with a checkpoint",
  resume: 'Resume a paused one: it is queued, and continues from its checkpoint on any worker',
} as const

const patchSchema = {
  ...shared,
  operationId: 'updateExperiment',
  summary: 'Change name, notes, tags or priority',
  body: ExperimentPatch,
  response: { 200: Experiment, ...problems(...codes, ...BODY_ERRORS) },
}

const deleteSchema = {
  ...shared,
  operationId: 'deleteExperiment',
  summary: 'Delete one that has ended, with its checkpoints and models',
  response: { 204: z.null().describe('it is gone'), ...problems(...codes) },
}

/** What users do with an experiment after they have submitted it. */
export const lifecycleRoutes: FastifyPluginAsyncZod<LifecycleDeps> = async (app, { store, housekeeping, artifacts }) => {
  for (const action of ['cancel', 'pause', 'resume'] as const) {
    const summary = ACTIONS[action]
    const schema = { ...shared, operationId: `${action}Experiment`, summary, response: { 202: Experiment, ...problems(...codes) } }
    app.post(`/experiments/:id/${action}`, { schema }, async (request, reply) => {
      const { id } = await ownExperimentOf(request, store)
      const experiment = await store[action](id)
      housekeeping.dispatchDue()
      return reply.code(202).send(experiment)
    })
  }

  app.patch('/experiments/:id', { schema: patchSchema }, async (request) => {
    const { id } = await ownExperimentOf(request, store)
    authorizePriority(request, request.body.priority)
    const experiment = await store.patch(id, request.body)
    housekeeping.dispatchDue()
    return experiment
  })

  app.delete('/experiments/:id', { schema: deleteSchema }, async (request, reply) => {
    const { id } = await ownExperimentOf(request, store)
    await store.remove(id)
    // Files on other hosts, and what stays if this process dies now or the store is away, are removed by the workers' garbage collection.
    const files = [artifacts.checkpoints.removeAllBut(id, []), artifacts.models.removeAllBut(id, []), artifacts.results.remove(id)]
    await Promise.all(files).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailableError)) throw error
      request.log.warn({ err: error, experimentId: id }, 'its files are left to the next garbage collection')
    })
    return reply.code(204).send(null)
  })
}
