import type { Artifacts } from '@trainyard/artifacts'
import { UploadedWeights } from '@trainyard/contracts'
import type { DiskSpace } from '@trainyard/planning'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { assertDiskHasSpace } from '../operations/disk-space.ts'
import type { OperatorLimits } from './limits.ts'
import { acceptOnly, wrongType } from '../http/binary-body.ts'
import { BodyTooLargeError, InvalidInputError } from '../http/request-errors.ts'
import { MAX_BODY_TIMEOUT_MS } from '../http/body-timeout.ts'
import { problems } from '../openapi/responses.ts'

export interface WeightsDeps {
  artifacts: Pick<Artifacts, 'weights'>
  diskSpace: () => Promise<DiskSpace>
  limits: OperatorLimits
}

const WEIGHTS_TYPE = 'application/octet-stream'
const WEIGHTS_BODY = { types: [WEIGHTS_TYPE], what: 'the safetensors file' }

const uploadSchema = {
  operationId: 'uploadWeights',
  summary: 'Upload the weights of a PyTorch model, for experiments to begin with; equal files have the same id',
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
  acceptOnly(app, WEIGHTS_BODY)
  // as a stream: it is never in memory as a whole
  app.addContentTypeParser(WEIGHTS_TYPE, async (_request: FastifyRequest, payload: Readable) => payload)

  app.post('/weights', { schema: uploadSchema, config: { bodyTimeoutMs: MAX_BODY_TIMEOUT_MS } }, async (request, reply) => {
    const { body } = request
    if (!body) throw wrongType(request, WEIGHTS_BODY)
    try {
      const announced = Number(request.headers['content-length'] ?? 0)
      if (announced > limits.weightsBytes) throw new BodyTooLargeError(limits.weightsBytes)
      const { freeBytes, totalBytes } = await diskSpace()
      assertDiskHasSpace({ freeBytes: freeBytes - announced, totalBytes })
      return await reply.code(201).send(await artifacts.weights.receive(atMost(limits.weightsBytes, body)))
    } finally {
      body.resume() // of a refused one the rest: its sender reads the answer only after all is sent
    }
  })
}

async function* atMost(limitBytes: number, body: Readable): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    // a refused body stays open: the answer goes out on the same connection
    for await (const piece of body.iterator({ destroyOnReturn: false })) {
      bytes += piece.length
      if (bytes > limitBytes) throw new BodyTooLargeError(limitBytes)
      yield piece
    }
  } catch (error) {
    if (!body.errored) throw error
    throw new InvalidInputError([{ pointer: '', detail: 'The body ended early; send it again' }])
  }
}
