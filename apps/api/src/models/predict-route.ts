import { ExpectedError, PHOTO_LIMIT_BYTES, Prediction } from '@trainyard/contracts'
import type { ExperimentStore, PredictionRequest, RequestQueue } from '@trainyard/jobs'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ById, experimentOf } from '../experiments/experiment-by-id.ts'
import { ModelNotFoundError } from './model-not-found.ts'
import { EXPERIMENT_ERRORS, problems } from '../openapi/responses.ts'
import { acceptOnly } from '../http/binary-body.ts'
import { createWaitSignals } from '../http/request-signals.ts'

export interface PredictDeps {
  store: ExperimentStore
  predictions: RequestQueue<PredictionRequest, Prediction>
}

const ANSWER_TIMEOUT_MS = 30_000
const PHOTO_TYPES = ['image/jpeg', 'image/png', 'application/octet-stream']
const MAGIC_BYTES = [Buffer.from([0xff, 0xd8, 0xff]), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])]

class PhotoUnreadableError extends ExpectedError {
  constructor() {
    super('PHOTO_UNREADABLE', 'The body is neither a JPEG nor a PNG; send the image file itself: curl --data-binary @FILE')
  }
}

const predictSchema = {
  operationId: 'predictPhoto',
  summary: 'Classify an image: its five likeliest flowers',
  tags: ['models'],
  consumes: PHOTO_TYPES,
  params: ById,
  body: z.custom<Buffer | undefined>().meta({ type: 'string', format: 'binary', description: 'a JPEG or PNG file, at most 10 MiB' }),
  response: {
    200: Prediction,
    ...problems(
      ...EXPERIMENT_ERRORS,
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

/** Classifies an image with the model that an experiment keeps; a worker computes it beside its training. */
export const predictRoute: FastifyPluginAsyncZod<PredictDeps> = async (app, { store, predictions }) => {
  const waitSignal = createWaitSignals(app)
  acceptOnly(app, { types: PHOTO_TYPES, what: "the image's file" })
  app.addContentTypeParser(PHOTO_TYPES, { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => body)

  app.post('/experiments/:id/predict', { schema: predictSchema, bodyLimit: PHOTO_LIMIT_BYTES }, async (request, reply) => {
    const { body } = request
    if (!body || !MAGIC_BYTES.some((magic) => body.subarray(0, magic.length).equals(magic))) throw new PhotoUnreadableError()
    const experiment = await experimentOf(request, store)
    const { id } = experiment
    if ((await store.storedModel(id)) === null) throw new ModelNotFoundError(experiment)
    return predictions.submit({ experimentId: id }, { attachment: body, timeoutMs: ANSWER_TIMEOUT_MS, signal: waitSignal(reply) })
  })
}
