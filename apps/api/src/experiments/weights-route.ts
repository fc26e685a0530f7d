import type { Artifacts } from '@trainyard/artifacts'
import { ExpectedError, UploadedWeights } from '@trainyard/contracts'
import type { DiskSpace } from '@trainyard/planning'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { assertDiskHasRoom } from '../operations/disk-space.ts'
import type { OperatorLimits } from './limits.ts'
import { BodyTooLargeError, InvalidInputError } from '../http/request-errors.ts'
import { LONGEST_RECEIVE_MS } from '../http/body-timeout.ts'
import { problems } from '../openapi/responses.ts'

export interface WeightsDeps {
  artifacts: Pick<Artifacts, 'weights'>
  diskSpace: () => Promise<DiskSpace>
  limits: OperatorLimits
}

const WEIGHTS_TYPE = 'application/octet-stream'

class WeightsTypeError extends ExpectedError {
  constructor(type: string | undefined) {
    super('UNSUPPORTED_MEDIA_TYPE', `The body came as ${JSON.stringify(type ?? '')}; send the safetensors file as ${WEIGHTS_TYPE}`)
  }
}

const uploadSchema = {
  operationId: 'uploadWeights',
  summary: 'Upload the weights of a PyTorch model, for experiments to begin with; the same file has the same id',
  tags: ['models'],
  consumes: [WEIGHTS_TYPE],
  body: z.custom<Readable | undefined>().meta({
    type: 'string',
    format: 'binary',
    description: 'a safetensors file with the state_dict of a module as GET /experiments/{id}/pytorch writes it',
  }),
  response: {
    201: UploadedWeights,
    ...problems('INVALID_INPUT', 'UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE', 'WEIGHTS_UNUSABLE', 'STORE_FULL'),
  },
}

export const weightsRoute: FastifyPluginAsyncZod<WeightsDeps> = async (app, { artifacts, diskSpace, limits }) => {
  app.removeAllContentTypeParsers()
  // as it comes: it is never in memory as a whole
  app.addContentTypeParser(WEIGHTS_TYPE, async (_request: FastifyRequest, payload: Readable) => payload)
  app.addContentTypeParser('*', async (request: FastifyRequest) => {
    throw new WeightsTypeError(request.headers['content-type'])
  })

  app.post('/weights', { schema: uploadSchema, config: { receiveWithinMs: LONGEST_RECEIVE_MS } }, async (request, reply) => {
    const { body } = request
    if (!body) throw new WeightsTypeError(request.headers['content-type'])
    try {
      const announced = Number(request.headers['content-length'] ?? 0)
      if (announced > limits.weightsBytes) throw new BodyTooLargeError(limits.weightsBytes)
      const { freeBytes, totalBytes } = await diskSpace()
      assertDiskHasRoom({ freeBytes: freeBytes - announced, totalBytes })
      return await reply.code(201).send(await artifacts.weights.receive(atMost(limits.weightsBytes, body)))
    } finally {
      body.resume() // what is left of one that was refused: its sender listens only when all of it is gone
    }
  })
}

async function* atMost(limitBytes: number, body: Readable): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    // left open when it is refused: the answer goes out on the same connection
    for await (const piece of body.iterator({ destroyOnReturn: false })) {
      bytes += piece.length
      if (bytes > limitBytes) throw new BodyTooLargeError(limitBytes)
      yield piece
    }
  } catch (error) {
    if (!body.errored) throw error
    throw new InvalidInputError([{ pointer: '', detail: 'The body ended before all of it had come; send it again' }])
  }
}
