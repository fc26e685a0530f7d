import { Probe, type ProbeCell, ProbeRequest } from '@trainyard/contracts'
import { probeMemoryBytes } from '@trainyard/planning'
import type { ProbeStore, WorkerRegistry } from '@trainyard/jobs'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Columns, fields, toCsv } from '../http/csv.ts'
import { checkProbeCapacity } from '../experiments/capacity.ts'
import { preferredWaitSeconds } from '../http/prefer-wait.ts'
import { BODY_ERRORS, problems, table } from '../openapi/responses.ts'
import { TableQuery, tableFormat } from '../http/table-reply.ts'
import { createWaitSignals } from '../http/request-signals.ts'

export interface ProbeDeps {
  probes: ProbeStore
  workers: Pick<WorkerRegistry, 'list'>
}

const tags = ['probes']
const PreferHeaders = z.looseObject({
  prefer: z.string().optional().describe('`wait=30`: answer when it is done, or after that number of seconds, at most 60'),
})

interface PreferringRequest {
  headers: z.infer<typeof PreferHeaders>
}

const createSchema = {
  operationId: 'submitProbe',
  summary: 'Measure the signal in fresh networks; an equal request answers the existing probe',
  tags,
  headers: PreferHeaders,
  body: ProbeRequest,
  response: {
    200: { description: 'It is completed or failed', content: { 'application/json': { schema: Probe } } },
    202: { description: 'It is queued or running', content: { 'application/json': { schema: Probe } } },
    ...problems(...BODY_ERRORS, 'UNPROCESSABLE_CONFIG', 'NETWORK_TOO_LARGE', 'STORE_FULL'),
  },
}

const showSchema = {
  operationId: 'getProbe',
  summary: 'One probe; as CSV its table of output norms',
  tags,
  headers: PreferHeaders,
  params: z.strictObject({ id: z.string().min(1).max(64) }),
  querystring: TableQuery,
  response: table({ description: 'The probe as it is', schema: Probe }, 'PROBE_NOT_FOUND'),
}

/** A probe sends one batch through fresh networks; a worker computes it beside its training. */
export const probeRoutes: FastifyPluginAsyncZod<ProbeDeps> = async (app, { probes, workers }) => {
  const waitSignal = createWaitSignals(app)

  /** The probe as it is, or, where the client prefers to wait, as it is afterwards. */
  async function waited(probe: Probe, { request, reply }: { request: PreferringRequest; reply: FastifyReply }): Promise<Probe> {
    const seconds = preferredWaitSeconds(request.headers['prefer'])
    if (seconds === null) return probe
    reply.header('preference-applied', `wait=${seconds}`)
    return isDone(probe) ? probe : probes.waitFor(probe.id, { timeoutMs: seconds * 1000, signal: waitSignal(reply) })
  }

  app.post('/probes', { schema: createSchema }, async (request, reply) => {
    checkProbeCapacity({ memoryBytes: probeMemoryBytes(request.body), workers: await workers.list() })
    const probe = await waited(await probes.create(request.body), { request, reply })
    return reply
      .code(isDone(probe) ? 200 : 202)
      .header('location', `/api/v1/probes/${probe.id}`)
      .send(probe)
  })

  app.get('/probes/:id', { schema: showSchema }, async (request, reply) => {
    const format = tableFormat(request)
    const probe = await waited(await probes.get(request.params.id), { request, reply })
    reply.header('vary', 'accept, prefer')
    if (format === 'json') return reply.type('application/json').send(probe)
    return reply.type('text/csv; charset=utf-8').send(toCsv(probe.results, CELL_COLUMNS))
  })
}

const isDone = ({ state }: Probe): boolean => state === 'completed' || state === 'failed'

/** A row for each norm, bias and depth: the notebook's table, one line a cell. */
const CELL_COLUMNS: Columns<ProbeCell> = {
  ...fields('norm', 'bias', 'depth'),
  mean: ({ outputNorm }) => outputNorm.mean,
  std: ({ outputNorm }) => outputNorm.std,
  values: ({ outputNorm }) => outputNorm.values.join(';'),
}
