import { pipeline } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type Artifacts, MODEL_TYPES, ModelFile, type OpenObject } from '@trainyard/artifacts'
import { ModelKind } from '@trainyard/contracts'
import { pytorchModule } from '@trainyard/pytorch'
import type { ExperimentStore } from '@trainyard/jobs'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ById, experimentOf } from '../experiments/experiment-by-id.ts'
import { ModelNotFoundError } from './model-not-found.ts'
import { quantisedModel, quantiser } from './quantised-weights.ts'
import { EXPERIMENT_ERRORS, problems } from '../openapi/responses.ts'

export interface ModelDeps {
  store: ExperimentStore
  artifacts: Artifacts
}

const tags = ['models']

const fileSchema = {
  operationId: 'downloadModel',
  summary: "A model's file: model.json with weights.bin for tf.loadLayersModel, model.safetensors for PyTorch",
  tags,
  params: ById.extend({ kind: ModelKind, file: ModelFile }),
  querystring: z.strictObject({
    weights: z.enum(['float32', 'uint8']).default('float32').describe('uint8: a quarter of the size, for model.json and weights.bin'),
    redirect: z
      .enum(['true', 'false'])
      .default('true')
      .describe(
        'false: the service sends the bytes itself instead of a link into the artifact store, for pages whose policy forbids other hosts',
      ),
  }),
  response: {
    200: {
      description: 'the file',
      content: {
        'application/json': { schema: z.unknown() },
        'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) },
      },
    },
    307: z.null().describe('Location is a link into the artifact store, valid for some minutes'),
    304: z.null().describe('If-None-Match names it already: a model never changes'),
    ...problems(...EXPERIMENT_ERRORS, 'MODEL_NOT_FOUND'),
  },
}

const sourceSchema = {
  operationId: 'getPytorchModule',
  summary: "The experiment's network as a PyTorch module",
  tags,
  params: ById,
  response: {
    200: { description: 'Python source', content: { 'text/x-python': { schema: z.string() } } },
    ...problems(...EXPERIMENT_ERRORS),
  },
}

/** Downloads of the models that experiments keep. */
export const modelRoutes: FastifyPluginAsyncZod<ModelDeps> = async (app, { store, artifacts: { models } }) => {
  app.get('/experiments/:id/models/:kind/:file', { schema: fileSchema }, async (request, reply) => {
    const { kind, file } = request.params
    const { weights, redirect } = request.query
    const experiment = await experimentOf(request, store)
    const stored = await store.storedModel(experiment.id)
    if (experiment.model?.kind !== kind || !stored) throw new ModelNotFoundError(experiment, kind)
    const etag = `"${stored.folder}-${file}-${weights}"`
    // A whole id always means this experiment; `latest` or a prefix may mean another one later.
    const immutable = request.params.id === experiment.id
    reply.header('etag', etag).header('cache-control', immutable ? 'private, max-age=31536000, immutable' : 'private, no-cache')
    if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send(null)
    const read = async (name: ModelFile): Promise<OpenObject> => {
      const opened = await models.open({ experimentId: experiment.id, folder: stored.folder, file: name })
      if (opened) return opened
      reply.removeHeader('etag').removeHeader('cache-control')
      throw new ModelNotFoundError(experiment, kind)
    }
    if (weights === 'uint8' && file !== 'model.safetensors') return sendQuantised(reply, { file, read })
    const link = redirect === 'true' ? await models.link({ experimentId: experiment.id, folder: stored.folder, file }) : null
    if (link !== null) return reply.removeHeader('etag').header('cache-control', 'private, no-store').redirect(link, 307)
    const { bytes, stream } = await read(file)
    if (file === 'model.safetensors') reply.header('content-disposition', `attachment; filename="${experiment.id}.safetensors"`)
    return reply.type(MODEL_TYPES[file]).header('content-length', bytes).send(stream)
  })

  app.get('/experiments/:id/pytorch', { schema: sourceSchema }, async (request, reply) => {
    const { config } = await experimentOf(request, store)
    return reply.type('text/x-python; charset=utf-8').send(pytorchModule(config))
  })
}

async function sendQuantised(
  reply: FastifyReply,
  { file, read }: { file: 'model.json' | 'weights.bin'; read: (name: ModelFile) => Promise<OpenObject> },
): Promise<FastifyReply> {
  const { json, weights } = quantisedModel(await text((await read('model.json')).stream))
  if (file === 'model.json') return reply.type(MODEL_TYPES[file]).send(json)
  const { bytes, stream } = await read(file)
  // A failure destroys the stream and so ends the reply; a client that leaves closes the file.
  const quantised = pipeline(stream, quantiser(weights), () => {})
  return reply
    .type(MODEL_TYPES[file])
    .header('content-length', bytes / Float32Array.BYTES_PER_ELEMENT)
    .send(quantised)
}

/** RFC 9110, 13.1.2: a list of tags, compared weakly, or `*`. */
const matches = (header: string | undefined, etag: string): boolean =>
  header?.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, ''))) ?? false
