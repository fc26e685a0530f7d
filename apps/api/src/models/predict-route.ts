import { ExpectedError, PHOTO_LIMIT_BYTES, Prediction } from '@trainyard/contracts'
import type { ExperimentStore, PredictionRequest, RequestQueue } from '@trainyard/jobs'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ById, experimentOf } from '../experiments/experiment-by-id.ts'
import { ModelNotFoundError } from './model-not-found.ts'
import { problems } from '../openapi/responses.ts'
import { createWaitSignals } from '../http/request-signals.ts'

export interface PredictDeps {
  store: ExperimentStore
  predictions: RequestQueue<PredictionRequest, Prediction>
}

const ANSWER_WITHIN_MS = 30_000
const PHOTO_TYPES = ['image/jpeg', 'image/png', 'application/octet-stream']
const MAGIC_BYTES = [Buffer.from([0xff, 0xd8, 0xff]), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])]

class PhotoTypeError extends ExpectedError {
  constructor(type: string | undefined) {
    super('UNSUPPORTED_MEDIA_TYPE', `The body came as ${JSON.stringify(type ?? '')}; send the photo's file as ${PHOTO_TYPES.join(', ')}`)
  }
}

class NoPhotoError extends ExpectedError {
  constructor() {
    super('PHOTO_UNREADABLE', "The body begins neither like a JPEG nor like a PNG; send the photo's file itself: curl --data-binary @FILE")
  }
}

const predictSchema = {
  operationId: 'predictPhoto',
  summary: 'The five likeliest flowers of a photo',
  tags: ['models'],
  consumes: PHOTO_TYPES,
  params: ById,
  body: z.custom<Buffer | undefined>().meta({ type: 'string', format: 'binary', description: "a JPEG's or PNG's file, at most 10 MiB" }),
  response: {
    200: Prediction,
    ...problems(
      'INVALID_INPUT',
      'EXPERIMENT_NOT_FOUND',
      'AMBIGUOUS_ID',
      'MODEL_NOT_FOUND',
      'UNSUPPORTED_MEDIA_TYPE',
      'BODY_TOO_LARGE',
      'PHOTO_UNREADABLE',
      'PREDICTION_TIMED_OUT',
      'TRAINER_CRASHED',
      'STORE_FULL',
    ),
  },
}

/** Names a photo with the model that an experiment has kept; a worker computes it beside its training. */
export const predictRoute: FastifyPluginAsyncZod<PredictDeps> = async (app, { store, predictions }) => {
  const waitSignal = createWaitSignals(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(PHOTO_TYPES, { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => body)
  app.addContentTypeParser('*', async (request: FastifyRequest) => {
    throw new PhotoTypeError(request.headers['content-type'])
  })

  app.post('/experiments/:id/predict', { schema: predictSchema, bodyLimit: PHOTO_LIMIT_BYTES }, async (request, reply) => {
    const { body } = request
    if (!body || !MAGIC_BYTES.some((magic) => body.subarray(0, magic.length).equals(magic))) throw new NoPhotoError()
    const experiment = await experimentOf(request, store)
    const { id } = experiment
    if ((await store.storedModel(id)) === null) throw new ModelNotFoundError(experiment)
    return predictions.submit({ experimentId: id }, { attachment: body, timeoutMs: ANSWER_WITHIN_MS, signal: waitSignal(reply) })
  })
}
