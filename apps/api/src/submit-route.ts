import {
  DryRun,
  dryRunShapes,
  Experiment,
  type ExperimentConfig,
  ExperimentRequest,
  forecastConfig,
  resolveConfig,
  type TrainingSpeed,
} from '@trainyard/contracts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { bodyHash, configHash } from './config-hash.ts'
import { experimentQueue, QUEUE_FAILURES, type QueueDeps, QueueHeaders } from './experiment-queue.ts'
import { checkInitialWeights, takeInitialWeights } from './initial-weights.ts'
import { problems } from './responses.ts'

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
    const { name = null, notes = null, tags, priority, pool } = body
    const speed = await queue.speedOf(pool)
    const config = resolveConfig(body, speed)
    await checkInitialWeights(config, deps.artifacts)
    const warnings = await queue.warningsOf(config, pool)
    if (query.dryRun === 'true') return reply.code(200).send(dryRun({ config, speed, warnings }))
    const start = await takeInitialWeights(config, deps.artifacts)
    const input = { config, configHash: configHash(config), name, notes, tags, priority, pool, warnings, ...start }
    const { experiment } = await queue.make({ request, reply, input, bodyHash: bodyHash(body) })
    return reply.send(experiment)
  })
}

function dryRun({ config, speed, warnings }: { config: ExperimentConfig; speed: TrainingSpeed | null; warnings: string[] }): DryRun {
  const ofFresh = config.initialWeights === null ? [] : ['The signal is forecast for fresh weights, not for the initial ones']
  const signal = forecastConfig(config)
  return { config, configHash: configHash(config), ...dryRunShapes(config, speed), signal, warnings: [...warnings, ...ofFresh] }
}
