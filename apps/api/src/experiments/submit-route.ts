import { DryRun, Experiment, ExperimentRequest, type TrainingSpeed } from '@trainyard/contracts'
import { dryRunShapes, forecastConfig } from '@trainyard/planning'
import type { NewExperiment } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { bodyHash } from './config-hash.ts'
import { experimentQueue, QUEUE_FAILURES, type QueueDeps, QueueHeaders } from './submit-experiment.ts'
import { checkInitialWeights, takeInitialWeights } from './initial-weights.ts'
import { problems } from '../openapi/responses.ts'

const SubmitQuery = z.strictObject({
  dryRun: z.enum(['true', 'false']).default('false').describe('true: check and cost it, queue nothing'),
})

const submitSchema = {
  operationId: 'submitExperiment',
  summary: 'Queue an experiment',
  tags: ['experiments'],
  headers: QueueHeaders,
  querystring: SubmitQuery,
  body: ExperimentRequest,
  response: { 200: DryRun, 201: Experiment, ...problems(...QUEUE_FAILURES, 'WEIGHTS_NOT_FOUND') },
}

export const submitRoute: FastifyPluginAsyncZod<QueueDeps> = async (app, deps) => {
  const queue = experimentQueue(deps)
  app.post('/experiments', { schema: submitSchema }, async (request, reply) => {
    const { body, query } = request
    const speed = await queue.speedOf(body.pool)
    const input = await queue.inputOf(body, speed)
    await checkInitialWeights(input.config, deps.artifacts)
    if (query.dryRun === 'true') return reply.code(200).send(dryRun(input, speed))
    const start = await takeInitialWeights(input.config, deps.artifacts)
    const { experiment } = await queue.make({ request, reply, input: { ...input, ...start }, bodyHash: bodyHash(body) })
    return reply.send(experiment)
  })
}

function dryRun({ config, configHash, warnings }: NewExperiment, speed: TrainingSpeed | null): DryRun {
  const ofFresh = config.initialWeights === null ? [] : ['The signal is forecast for fresh weights, not for the initial ones']
  return { config, configHash, ...dryRunShapes(config, speed), signal: forecastConfig(config), warnings: [...warnings, ...ofFresh] }
}
