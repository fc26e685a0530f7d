import { ExpectedError, type Gpu, WorkerInfo, WorkerList } from '@trainyard/contracts'
import type { WorkerRegistry } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Columns, text } from '../http/csv.ts'
import { problems, table } from '../openapi/responses.ts'
import { sendTable, TableQuery } from '../http/table-reply.ts'

class WorkerNotFoundError extends ExpectedError {
  constructor(id: string) {
    super('WORKER_NOT_FOUND', `There is no live worker ${JSON.stringify(id)}; GET /api/v1/workers lists those there are`)
  }
}

const WorkerId = z.strictObject({ id: z.string().min(1).max(200) })

export const workerRoutes: FastifyPluginAsyncZod<{ workers: WorkerRegistry }> = async (app, { workers }) => {
  async function liveWorker(id: string): Promise<WorkerInfo> {
    const worker = (await workers.list()).find((one) => one.id === id)
    if (!worker) throw new WorkerNotFoundError(id)
    return worker
  }

  app.get(
    '/workers',
    {
      schema: {
        operationId: 'listWorkers',
        summary: 'Live workers',
        tags: ['workers'],
        querystring: TableQuery,
        response: { 200: table('Workers heard of within 15 s', WorkerList), ...problems('INVALID_INPUT', 'NOT_ACCEPTABLE') },
      },
    },
    async (request, reply) => sendTable({ request, reply }, { list: { items: await workers.list() }, columns: WORKER_COLUMNS }),
  )

  app.get(
    '/workers/:id',
    {
      schema: {
        operationId: 'getWorker',
        summary: 'One live worker',
        tags: ['workers'],
        params: WorkerId,
        response: { 200: WorkerInfo, ...problems('INVALID_INPUT', 'WORKER_NOT_FOUND') },
      },
    },
    ({ params: { id } }) => liveWorker(id),
  )

  app.post(
    '/workers/:id/drain',
    {
      schema: {
        operationId: 'drainWorker',
        summary: 'Have a worker leave: it takes no more, gives back what it runs with a checkpoint, and ends',
        tags: ['workers'],
        params: WorkerId,
        response: { 202: WorkerInfo, ...problems('INVALID_INPUT', 'WORKER_NOT_FOUND') },
      },
      config: { scope: 'admin' },
    },
    async ({ params: { id } }, reply) => {
      const worker = await liveWorker(id)
      await workers.drain(id)
      return reply.code(202).send(worker)
    },
  )
}

/** A measure of several GPUs in one cell. */
const each = (gpus: readonly Gpu[], value: (gpu: Gpu) => number | null): string => gpus.map((gpu) => value(gpu) ?? '').join(';')

const WORKER_COLUMNS: Columns<WorkerInfo> = {
  id: ({ id }) => id,
  host: ({ host }) => text(host),
  pid: ({ pid }) => pid,
  version: ({ version }) => version,
  pools: ({ pools }) => pools.join(';'),
  engine: ({ engine }) => engine?.name ?? null,
  engineVersion: ({ engine }) => engine?.version ?? null,
  device: ({ engine }) => engine?.device ?? null,
  threads: ({ engine }) => engine?.threads ?? null,
  memoryBytes: ({ memoryBytes }) => memoryBytes,
  slots: ({ slots }) => slots.length,
  gpus: ({ gpus }) => text(gpus.map(({ index, name }) => `${index} ${name}`).join(';')),
  gpuUtilisation: ({ gpus }) => each(gpus, ({ utilisation }) => utilisation),
  gpuMemoryUsedBytes: ({ gpus }) => each(gpus, ({ memoryUsedBytes }) => memoryUsedBytes),
  gpuMemoryTotalBytes: ({ gpus }) => each(gpus, ({ memoryTotalBytes }) => memoryTotalBytes),
  gpuTemperatureCelsius: ({ gpus }) => each(gpus, ({ temperatureCelsius }) => temperatureCelsius),
  gpuPowerWatts: ({ gpus }) => each(gpus, ({ powerWatts }) => powerWatts),
  running: ({ slots }) => slots.flatMap(({ experimentId }) => experimentId ?? []).join(';'),
  draining: ({ draining }) => draining,
  unhealthyReason: ({ unhealthyReason }) => text(unhealthyReason),
  startedAt: ({ startedAt }) => startedAt,
  lastHeartbeatAt: ({ lastHeartbeatAt }) => lastHeartbeatAt,
  configVersion: ({ configVersion }) => configVersion,
}
