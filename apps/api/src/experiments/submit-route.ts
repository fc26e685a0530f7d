import { DryRun, Experiment, ExperimentRequest, type TrainingSpeed } from '@trainyard/contracts'
import { dryRunShapes, forecastConfig } from '@trainyard/planning'
import type { NewExperiment } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problems } from '../openapi/responses.ts'
import { checkInitialWeights, pinInitialWeights } from './initial-weights.ts'
import { createSubmitter, SUBMIT_ERRORS, type SubmitDeps, SubmitHeaders } from './submit-experiment.ts'

const SubmitQuery = z.strictObject({
  dryRun: z.enum(['true', 'false']).default('false').describe('true: validate it and estimate its cost, queue nothing'),
})

const submitSchema = {
  operationId: 'submitExperiment',
  summary: 'Queue an experiment',
  tags: ['experiments'],
  headers: SubmitHeaders,
  querystring: SubmitQuery,
  body: ExperimentRequest,
  response: { 200: DryRun, 201: Experiment, ...problems(...SUBMIT_ERRORS, 'WEIGHTS_NOT_FOUND') },
}

export const submitRoute: FastifyPluginAsyncZod<SubmitDeps> = async (app, deps) => {
  const { readPool, submit } = createSubmitter(deps)
  app.post('/experiments', { schema: submitSchema }, async (request, reply) => {
    const { body, query } = request
    const { resolve, speed } = await readPool(body.pool)
    const experiment = resolve(body)
    await checkInitialWeights(experiment.config, deps.artifacts)
    if (query.dryRun === 'true') return reply.code(200).send(dryRun(experiment, speed))
    const pinStart = () => pinInitialWeights(experiment.config, deps.artifacts)
    return reply.send(await submit({ request, reply, experiment, pinStart }))
  })
}

function dryRun({ config, configHash, warnings }: NewExperiment, speed: TrainingSpeed | null): DryRun {
  const ofFresh = config.initialWeights === null ? [] : ['The signal is forecast for fresh weights, not for the initial ones']
  return { config, configHash, ...dryRunShapes(config, speed), signal: forecastConfig(config), warnings: [...warnings, ...ofFresh] }
}
