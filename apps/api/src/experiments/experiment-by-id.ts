import type { Experiment } from '@trainyard/contracts'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { assertMayChange } from '../access/authenticate.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The experiment that the request is about, once known: stands in its log lines. */
    experimentId: string | null
  }
}

export const ById = z.strictObject({
  id: z.string().min(1).max(64).describe('an id, a prefix of at least four characters that fits only one, or `latest`'),
})

export function decorateExperimentId(app: FastifyInstance): void {
  app.decorateRequest('experimentId', null)
}

type NamingRequest = Pick<FastifyRequest, 'experimentId'> & { params: z.infer<typeof ById> }

/** The experiment that the path names. */
export async function experimentOf(request: NamingRequest, store: ExperimentStore): Promise<Experiment> {
  const experiment = await store.find(request.params.id)
  request.experimentId = experiment.id
  return experiment
}

/** The same for a change: it must be the caller's own, or the caller an admin. */
export async function ownExperimentOf(
  request: NamingRequest & Pick<FastifyRequest, 'caller'>,
  store: ExperimentStore,
): Promise<Experiment> {
  const experiment = await experimentOf(request, store)
  assertMayChange(request, experiment.owner)
  return experiment
}
