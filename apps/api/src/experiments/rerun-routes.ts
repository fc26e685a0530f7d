import { type ErrorCode, Experiment, ExperimentRequest, ForkRequest, isTerminal } from '@trainyard/contracts'
import { forkedRequest } from '@trainyard/planning'
import { type ExperimentStore, type NewExperiment, NotRetainedError, WrongStateError } from '@trainyard/jobs'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { UnprocessableConfigError } from '../http/request-errors.ts'
import { EXPERIMENT_ERRORS, problems } from '../openapi/responses.ts'
import { ById, experimentOf } from './experiment-by-id.ts'
import { type ForkDeps, forkPoint, momentumWarnings, pinForkStart } from './initial-checkpoint.ts'
import { pinWeightsOf } from './initial-weights.ts'
import { createSubmitter, SUBMIT_ERRORS, type SubmitDeps, SubmitHeaders, type SubmitRequest } from './submit-experiment.ts'

const rerunSchema = (operationId: string, summary: string, ...codes: readonly ErrorCode[]) => ({
  operationId,
  summary,
  tags: ['experiments'],
  headers: SubmitHeaders,
  params: ById,
  response: { 201: Experiment, ...problems(...SUBMIT_ERRORS, ...EXPERIMENT_ERRORS, 'NOT_RETAINED', ...codes) },
})

const retrySchema = rerunSchema('retryExperiment', 'Rerun from the beginning, as a new experiment', 'WRONG_STATE')
const replaySchema = rerunSchema('replayExperiment', 'Rerun and compare weights and losses, epoch by epoch', 'WRONG_STATE')
const forkSchema = {
  ...rerunSchema('forkExperiment', 'Continue from a retained epoch with other settings, as a new experiment'),
  body: ForkRequest,
}

type RerunRequest = SubmitRequest & { params: z.infer<typeof ById> }

/** New experiments that come from another one, their parent. */
export const rerunRoutes: FastifyPluginAsyncZod<SubmitDeps & ForkDeps & { store: ExperimentStore }> = async (app, deps) => {
  const { store, artifacts } = deps
  const { readPool, submit } = createSubmitter(deps)

  /** Queues the same experiment from its beginning, once it has ended; what a fork began with is gone by then. */
  async function rerun(
    { request, reply }: { request: RerunRequest; reply: FastifyReply },
    overrides: (original: Experiment) => Pick<NewExperiment, 'config' | 'replayOf'>,
  ): Promise<Experiment> {
    const original = await experimentOf(request, store)
    const { id, state, parent, name, tags, notes, priority, pool } = original
    if (!isTerminal(state)) throw new WrongStateError({ id, state, action: 'rerun before it has ended' })
    if (parent && parent.epoch > 0)
      throw new NotRetainedError(`Experiment ${id} is a fork, and what it began with is gone; fork ${parent.id} instead`)
    const { config, ...rest } = overrides(original)
    const { admit } = await readPool(pool)
    const experiment = { ...admit({ config, name, tags, notes, priority, pool }), ...rest, parent: { id, epoch: 0 } }
    return submit({ request, reply, experiment, pinStart: () => pinWeightsOf(original, artifacts) })
  }

  app.post('/experiments/:id/retry', { schema: retrySchema }, (request, reply) => rerun({ request, reply }, ({ config }) => ({ config })))

  app.post('/experiments/:id/replay', { schema: replaySchema }, (request, reply) =>
    rerun({ request, reply }, ({ id, config, latest }) => {
      if (!latest?.weightsHash) throw new NotRetainedError(`Experiment ${id} has no epoch with a hash of its weights to compare with`)
      return { config: { ...config, epochs: latest.epoch, keepModel: 'none' }, replayOf: id }
    }),
  )

  app.post('/experiments/:id/fork', { schema: forkSchema }, async (request, reply) => {
    const { epoch, changes, resetOptimizer } = request.body
    const parent = await experimentOf(request, store)
    const point = forkPoint(parent, epoch)
    const forked = parseForked(forkedRequest(parent, changes))
    refuseTooFewEpochs(forked, point)
    const warnings = momentumWarnings(point, request.body)
    const resolved = (await readPool(forked.pool)).resolve(forked)
    const experiment = {
      ...resolved,
      warnings: [...warnings, ...resolved.warnings],
      parent: { id: parent.id, epoch: point.epoch },
    }
    return submit({ request, reply, experiment, pinStart: () => pinForkStart(parent, { ...point, resetOptimizer }, deps) })
  })
}

/** Each changed field is valid alone: what is left are errors across fields. */
function parseForked(request: object): ExperimentRequest {
  const parsed = ExperimentRequest.safeParse(request)
  if (parsed.success) return parsed.data
  throw new UnprocessableConfigError(
    parsed.error.issues.map(({ path, message }) => ({ pointer: `/changes/${path.join('/')}`, detail: message })),
  )
}

function refuseTooFewEpochs({ epochs }: { epochs: number }, { epoch }: { epoch: number }): void {
  if (epochs > epoch) return
  const detail = `of ${epochs} leaves nothing to train after epoch ${epoch}, which the fork begins from; raise it`
  throw new UnprocessableConfigError([{ pointer: '/changes/epochs', detail }])
}
