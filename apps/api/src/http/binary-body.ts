import type { FastifyInstance, FastifyRequest } from 'fastify'
import { UnsupportedMediaTypeError } from './request-errors.ts'

interface BinaryBody {
  types: readonly string[]
  /** What the body is, as in "send WHAT as TYPE". */
  what: string
}

/** Refuses every content type but these, for which the caller registers a parser. */
export function acceptOnly(app: FastifyInstance, body: BinaryBody): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', async (request: FastifyRequest) => {
    throw wrongType(request, body)
  })
}

export const wrongType = ({ headers }: Pick<FastifyRequest, 'headers'>, { types, what }: BinaryBody): UnsupportedMediaTypeError =>
  new UnsupportedMediaTypeError(`The body came as ${JSON.stringify(headers['content-type'] ?? '')}; send ${what} as ${types.join(', ')}`)
