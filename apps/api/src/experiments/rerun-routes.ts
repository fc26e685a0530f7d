import { type ErrorCode, Experiment, type ExperimentConfig, ExperimentRequest, ForkRequest, isTerminal } from '@trainyard/contracts'
import { forkedRequest, resolveConfig } from '@trainyard/planning'
import { type NewExperiment, NotRetainedError, WrongStateError } from '@trainyard/jobs'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { configHash, requestHash } from './config-hash.ts'
import { ById, experimentOf } from './experiment-by-id.ts'
import { experimentQueue, type KeyedRequest, QUEUE_FAILURES, type QueueDeps, QueueHeaders } from './submit-experiment.ts'
import { forkPoint, momentumWarnings, takeForkStart } from './initial-checkpoint.ts'
import { takeInitialWeightsAgain } from './initial-weights.ts'
import type { LifeDeps } from './lifecycle-routes.ts'
import { UnprocessableConfigError } from '../http/request-errors.ts'
import { problems } from '../openapi/responses.ts'

const failures = [...QUEUE_FAILURES, 'EXPERIMENT_NOT_FOUND', 'AMBIGUOUS_ID', 'NOT_RETAINED'] as const
const againSchema = (action: { operationId: string; summary: string }, ...more: readonly ErrorCode[]) => ({
  ...action,
  tags: ['experiments'],
  headers: QueueHeaders,
  params: ById,
  response: { 201: Experiment, ...problems(...failures, ...more) },
})

type AgainRequest = KeyedRequest & { params: z.infer<typeof ById>; url: string; body: unknown }

/** New experiments that are made from another one, their parent. */
export const againRoutes: FastifyPluginAsyncZod<QueueDeps & LifeDeps> = async (app, deps) => {
  const { store, artifacts } = deps
  const queue = experimentQueue(deps)

  /** Queues the same experiment from its beginning; one that runs or waits is not over yet, and a fork began with what is gone. */
  async function again(request: AgainRequest, reply: FastifyReply, make: (original: Experiment) => Promise<Partial<NewExperiment>>) {
    const original = await experimentOf(request, store)
    const { id, state, parent } = original
    if (!isTerminal(state)) throw new WrongStateError({ id, state, action: 'run again before it has ended' })
    if (parent && parent.epoch > 0)
      throw new NotRetainedError(`Experiment ${id} is a fork, and what it began with is gone; fork ${parent.id} again`)
    const { name, tags, notes, priority, pool } = original
    const input = { name, tags, notes, priority, pool, config: original.config, parent: { id, epoch: 0 }, ...(await make(original)) }
    const warnings = await queue.warningsOf(input.config, pool)
    const start = await takeInitialWeightsAgain(original, artifacts)
    const hashed = { ...input, ...start, configHash: configHash(input.config), warnings }
    const { experiment } = await queue.make({ request, reply, input: hashed, bodyHash: requestHash(request) })
    return experiment
  }

  app.post(
    '/experiments/:id/retry',
    {
      schema: againSchema(
        { operationId: 'retryExperiment', summary: 'Run it again from the beginning, as a new experiment' },
        'WRONG_STATE',
      ),
    },
    (request, reply) => again(request, reply, async () => ({})),
  )

  app.post(
    '/experiments/:id/replay',
    {
      schema: againSchema(
        { operationId: 'replayExperiment', summary: 'Run it again and compare weights and losses, epoch by epoch' },
        'WRONG_STATE',
      ),
    },
    (request, reply) =>
      again(request, reply, async ({ id, config, latest }) => {
        if (!latest?.weightsHash) throw new NotRetainedError(`Experiment ${id} has no epoch with a hash of its weights to compare with`)
        return { config: { ...config, epochs: latest.epoch, keepModel: 'none' }, replayOf: id }
      }),
  )

  const forkSchema = {
    ...againSchema({ operationId: 'forkExperiment', summary: 'Go on from a kept epoch with other settings, as a new experiment' }),
    body: ForkRequest,
  }
  app.post('/experiments/:id/fork', { schema: forkSchema }, async (request, reply) => {
    const { epoch, changes, resetOptimizer } = request.body
    const original = await experimentOf(request, store)
    const kept = forkPoint(original, epoch)
    const { name = null, notes = null, tags, priority, pool, ...fields } = parseForked(forkedRequest(original, changes))
    const config = resolveConfig({ ...fields, name: undefined, notes: undefined, tags, priority, pool }, await queue.speedOf(pool))
    refuseTooFewEpochs(config, kept)
    const warnings = [...momentumWarnings(kept, request.body), ...(await queue.warningsOf(config, pool))]
    const start = await takeForkStart(original, { kept, resetOptimizer }, deps)
    const parent = { id: original.id, epoch: kept.epoch }
    const input = { config, configHash: configHash(config), name, notes, tags, priority, pool, warnings, parent, start }
    const { experiment } = await queue.make({ request, reply, input, bodyHash: requestHash(request) })
    return experiment
  })
}

/** Each changed field is fine alone: what is left are faults across fields. */
function parseForked(request: object): ExperimentRequest {
  const parsed = ExperimentRequest.safeParse(request)
  if (parsed.success) return parsed.data
  throw new UnprocessableConfigError(
    parsed.error.issues.map(({ path, message }) => ({ pointer: `/changes/${path.join('/')}`, detail: message })),
  )
}

function refuseTooFewEpochs({ epochs }: ExperimentConfig, { epoch }: { epoch: number }): void {
  if (epochs > epoch) return
  const detail = `of ${epochs} leaves nothing to train after epoch ${epoch}, which the fork begins from; raise it`
  throw new UnprocessableConfigError([{ pointer: '/changes/epochs', detail }])
}
