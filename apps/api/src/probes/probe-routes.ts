import { Probe, type ProbeCell, ProbeRequest } from '@trainyard/contracts'
import { probeMemoryBytes } from '@trainyard/planning'
import type { ProbeStore, WorkerRegistry } from '@trainyard/jobs'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Columns, toCsv } from '../http/csv.ts'
import { checkProbeCapacity } from '../experiments/capacity.ts'
import { preferredWaitSeconds } from '../http/prefer-wait.ts'
import { problems, table } from '../openapi/responses.ts'
import { TableQuery, wantedFormat } from '../http/table-reply.ts'
import { createWaitSignals } from '../http/request-signals.ts'

export interface ProbeDeps {
  probes: ProbeStore
  workers: Pick<WorkerRegistry, 'list'>
}

const tags = ['probes']
const PreferHeaders = z.looseObject({
  prefer: z.string().optional().describe('`wait=30`: answer when it is done, or after so many seconds, at most 60'),
})

interface PreferringRequest {
  headers: z.infer<typeof PreferHeaders>
}

const createSchema = {
  operationId: 'submitProbe',
  summary: 'Measure how the signal fares in fresh networks; an equal request answers the probe there is already',
  tags,
  headers: PreferHeaders,
  body: ProbeRequest,
  response: {
    200: { description: 'It is completed or failed', content: { 'application/json': { schema: Probe } } },
    202: { description: 'It is queued or under way', content: { 'application/json': { schema: Probe } } },
    ...problems(
      'INVALID_INPUT',
      'MALFORMED_JSON',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'UNPROCESSABLE_CONFIG',
      'NETWORK_TOO_LARGE',
      'STORE_FULL',
    ),
  },
}

const showSchema = {
  operationId: 'getProbe',
  summary: 'One probe; as CSV its table of output norms',
  tags,
  headers: PreferHeaders,
  params: z.strictObject({ id: z.string().min(1).max(64) }),
  querystring: TableQuery,
  response: { 200: table('The probe as it is', Probe), ...problems('INVALID_INPUT', 'NOT_ACCEPTABLE', 'PROBE_NOT_FOUND') },
}

/** Probes: what fresh networks make of one batch. A worker answers them beside its training. */
export const probeRoutes: FastifyPluginAsyncZod<ProbeDeps> = async (app, { probes, workers }) => {
  const waitSignal = createWaitSignals(app)

  /** The probe as it is, or, where the client prefers to wait, as it is by then. */
  async function settle(probe: Probe, { request, reply }: { request: PreferringRequest; reply: FastifyReply }): Promise<Probe> {
    const seconds = preferredWaitSeconds(request.headers['prefer'])
    if (seconds === null) return probe
    reply.header('preference-applied', `wait=${seconds}`)
    return isDone(probe) ? probe : probes.waitFor(probe.id, { timeoutMs: seconds * 1000, signal: waitSignal(reply) })
  }

  app.post('/probes', { schema: createSchema }, async (request, reply) => {
    checkProbeCapacity({ memoryBytes: probeMemoryBytes(request.body), workers: await workers.list() })
    const probe = await settle(await probes.create(request.body), { request, reply })
    return reply
      .code(isDone(probe) ? 200 : 202)
      .header('location', `/api/v1/probes/${probe.id}`)
      .send(probe)
  })

  app.get('/probes/:id', { schema: showSchema }, async (request, reply) => {
    const format = wantedFormat(request)
    const probe = await settle(await probes.get(request.params.id), { request, reply })
    reply.header('vary', 'accept, prefer')
    if (format === 'json') return reply.type('application/json').send(probe)
    return reply.type('text/csv; charset=utf-8').send(toCsv(probe.results, CELL_COLUMNS))
  })
}

const isDone = ({ state }: Probe): boolean => state === 'completed' || state === 'failed'

/** A row for each norm, bias and depth: the notebook's table, one line a cell. */
const CELL_COLUMNS: Columns<ProbeCell> = {
  norm: ({ norm }) => norm,
  bias: ({ bias }) => bias,
  depth: ({ depth }) => depth,
  mean: ({ outputNorm }) => outputNorm.mean,
  std: ({ outputNorm }) => outputNorm.std,
  values: ({ outputNorm }) => outputNorm.values.join(';'),
}
