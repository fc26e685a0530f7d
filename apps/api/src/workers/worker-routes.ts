import { ExpectedError, type Gpu, WorkerInfo, WorkerList } from '@trainyard/contracts'
import type { WorkerRegistry } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Columns, fields, text, textFields } from '../http/csv.ts'
import { problems, table } from '../openapi/responses.ts'
import { sendTable, TableQuery } from '../http/table-reply.ts'

class WorkerNotFoundError extends ExpectedError {
  constructor(id: string) {
    super('WORKER_NOT_FOUND', `There is no live worker ${JSON.stringify(id)}; GET /api/v1/workers lists them`)
  }
}

const tags = ['workers']
const one = { tags, params: z.strictObject({ id: z.string().min(1).max(200) }) }
const failures = problems('INVALID_INPUT', 'WORKER_NOT_FOUND')

const listSchema = {
  operationId: 'listWorkers',
  summary: 'Live workers',
  tags,
  querystring: TableQuery,
  response: table({ description: 'Workers with a heartbeat in the last 15 s', schema: WorkerList }),
}

const showSchema = { ...one, operationId: 'getWorker', summary: 'One live worker', response: { 200: WorkerInfo, ...failures } }

const drainSchema = {
  ...one,
  operationId: 'drainWorker',
  summary: 'Drain a worker: it takes no more experiments, requeues what it runs with a checkpoint, and exits',
  response: { 202: WorkerInfo, ...failures },
}

export const workerRoutes: FastifyPluginAsyncZod<{ workers: WorkerRegistry }> = async (app, { workers }) => {
  async function liveWorker(id: string): Promise<WorkerInfo> {
    const worker = (await workers.list()).find((each) => each.id === id)
    if (!worker) throw new WorkerNotFoundError(id)
    return worker
  }

  app.get('/workers', { schema: listSchema }, async (request, reply) =>
    sendTable({ request, reply }, { list: { items: await workers.list() }, columns: WORKER_COLUMNS }),
  )

  app.get('/workers/:id', { schema: showSchema }, ({ params: { id } }) => liveWorker(id))

  app.post('/workers/:id/drain', { schema: drainSchema, config: { scope: 'admin' } }, async ({ params: { id } }, reply) => {
    const worker = await liveWorker(id)
    await workers.drain(id)
    return reply.code(202).send(worker)
  })
}

/** Of several GPUs, in one cell. */
const ofEach = (gpus: readonly Gpu[], value: (gpu: Gpu) => number | null): string => gpus.map((gpu) => value(gpu) ?? '').join(';')

const WORKER_COLUMNS: Columns<WorkerInfo> = {
  ...fields('id'),
  ...textFields('host'),
  ...fields('pid', 'version'),
  pools: ({ pools }) => pools.join(';'),
  engine: ({ engine }) => engine?.name ?? null,
  engineVersion: ({ engine }) => engine?.version ?? null,
  device: ({ engine }) => engine?.device ?? null,
  threads: ({ engine }) => engine?.threads ?? null,
  ...fields('memoryBytes'),
  slots: ({ slots }) => slots.length,
  gpus: ({ gpus }) => text(gpus.map(({ index, name }) => `${index} ${name}`).join(';')),
  gpuUtilisation: ({ gpus }) => ofEach(gpus, ({ utilisation }) => utilisation),
  gpuMemoryUsedBytes: ({ gpus }) => ofEach(gpus, ({ memoryUsedBytes }) => memoryUsedBytes),
  gpuMemoryTotalBytes: ({ gpus }) => ofEach(gpus, ({ memoryTotalBytes }) => memoryTotalBytes),
  gpuTemperatureCelsius: ({ gpus }) => ofEach(gpus, ({ temperatureCelsius }) => temperatureCelsius),
  gpuPowerWatts: ({ gpus }) => ofEach(gpus, ({ powerWatts }) => powerWatts),
  running: ({ slots }) => slots.flatMap(({ experimentId }) => experimentId ?? []).join(';'),
  ...fields('draining'),
  ...textFields('unhealthyReason'),
  ...fields('startedAt', 'lastHeartbeatAt', 'configVersion'),
}
