import { type Sample, SampleList, type SamplesAnswer, SamplesQuery, type SamplesRequest } from '@trainyard/contracts'
import { type RequestQueue, SamplesTimedOutError, type WorkerRegistry } from '@trainyard/jobs'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Columns, fields, textFields, toCsv } from '../http/csv.ts'
import { ByName, datasetNamed } from './dataset-by-name.ts'
import { problems } from '../openapi/responses.ts'
import { preferredFormat } from '../http/table-reply.ts'
import { createWaitSignals } from '../http/request-signals.ts'

export interface SamplesDeps {
  samples: RequestQueue<SamplesRequest, SamplesAnswer>
  workers: Pick<WorkerRegistry, 'list'>
}

const ANSWER_TIMEOUT_MS = 30_000
const TYPES = new Map([
  ['image/png', 'png'],
  ['application/json', 'json'],
  ['text/csv', 'csv'],
] as const)

const samplesSchema = {
  operationId: 'drawSamples',
  summary: "Some of a dataset's images as one picture; as JSON or CSV, their labels",
  tags: ['datasets'],
  params: ByName,
  querystring: SamplesQuery.extend({ format: z.enum(['png', 'json', 'csv']).optional().describe('overrides the Accept header') }),
  response: {
    200: {
      description: 'A grid of images, each row from left to right',
      content: {
        'image/png': { schema: z.custom<Buffer>().meta({ type: 'string', format: 'binary' }) },
        'application/json': { schema: SampleList },
        'text/csv': { schema: z.string() },
      },
    },
    ...problems(
      'INVALID_INPUT',
      'NOT_ACCEPTABLE',
      'DATASET_NOT_FOUND',
      'DATASET_MISSING',
      'DATASET_CORRUPT',
      'SAMPLES_TIMED_OUT',
      'TRAINER_CRASHED',
      'STORE_FULL',
    ),
  },
}

const COLUMNS: Columns<Sample> = { ...fields('row', 'column', 'index', 'label'), ...textFields('name') }

/** A worker draws the samples, because it has the images. */
export const samplesRoute: FastifyPluginAsyncZod<SamplesDeps> = async (app, { samples, workers }) => {
  const waitSignal = createWaitSignals(app)
  app.get('/datasets/:name/samples', { schema: samplesSchema }, async (request, reply) => {
    const { format: _format, ...query } = request.query
    const format = preferredFormat(request, TYPES)
    const dataset = datasetNamed(request.params.name)
    // without a worker there is nothing to wait for
    if ((await workers.list()).length === 0) throw new SamplesTimedOutError({ taken: false, timeoutMs: 0 })
    const options = { timeoutMs: ANSWER_TIMEOUT_MS, signal: waitSignal(reply) }
    const { png, items } = await samples.submit({ ...query, dataset }, options)
    reply.header('vary', 'accept')
    if (format === 'json') return reply.type('application/json').send({ items })
    if (format === 'csv') return reply.type('text/csv; charset=utf-8').send(toCsv(items, COLUMNS))
    return reply.type('image/png').send(Buffer.from(png, 'base64'))
  })
}
