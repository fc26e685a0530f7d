import type { Experiment } from '@trainyard/contracts'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { authorizeOwner } from '../access/authenticate.ts'

export const ById = z.strictObject({
  id: z.string().min(1).max(64).describe('an id, a prefix of at least four characters that fits only one, or `latest`'),
})

type NamingRequest = Pick<FastifyRequest, 'experimentId'> & { params: z.infer<typeof ById> }

/** The experiment that the path names. */
export async function experimentOf(request: NamingRequest, store: ExperimentStore): Promise<Experiment> {
  const experiment = await store.find(request.params.id)
  request.experimentId = experiment.id
  return experiment
}

/** The same for a change: only its owner or an admin may make it. */
export async function ownExperimentOf(
  request: NamingRequest & Pick<FastifyRequest, 'principal'>,
  store: ExperimentStore,
): Promise<Experiment> {
  const experiment = await experimentOf(request, store)
  authorizeOwner(request, experiment.owner)
  return experiment
}
