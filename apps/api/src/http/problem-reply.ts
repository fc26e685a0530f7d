import { type ErrorCode, ERRORS, ExpectedError, type Problem } from '@trainyard/contracts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { validationError } from './validation-errors.ts'
import {
  BodyTooLargeError,
  InvalidInputError,
  MalformedJsonError,
  RateLimitedError,
  UnsupportedMediaTypeError,
  ValidationError,
} from './request-errors.ts'

const RETRY_AFTER_SECONDS = 2
/** An identifier, not an address: docs/errors.md explains each code. */
const TYPE_PREFIX = 'urn:trainyard:error:'

/** Every error is answered as RFC 9457 problem+json: expected ones with their code, all others as INTERNAL without details. */
export const errorHandler = fp(
  async (app) => {
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const expected = toExpected(error, request.routeOptions.bodyLimit)
      if (!expected || ERRORS[expected.code].status >= 500)
        request.log.error({ err: error, experimentId: request.experimentId }, 'request failed')
      return sendProblem(reply, request, expected)
    })
  },
  { name: 'error-handler', dependencies: ['request-log'] },
)

/** For a path that the router cannot read; no hook runs before it. */
export function refuseUnreadablePath(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id)
  void sendProblem(reply, request, new InvalidInputError([{ pointer: '', detail: 'The path cannot be read; check its %-escapes' }]))
}

function toExpected(error: FastifyError, limitBytes: number): ExpectedError | null {
  if (error instanceof ExpectedError) return error
  if (hasZodFastifySchemaValidationErrors(error)) return validationError(error)
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new BodyTooLargeError(limitBytes)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new UnsupportedMediaTypeError()
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new MalformedJsonError({ cause: error })
    default:
      // Other errors below 500 are of requests that Fastify itself cannot read: a wrong length, an encoding.
      return (error.statusCode ?? 500) < 500
        ? new InvalidInputError([{ pointer: '', detail: 'The request cannot be read; check its headers' }])
        : null
  }
}

function sendProblem(reply: FastifyReply, request: FastifyRequest, error: ExpectedError | null): FastifyReply {
  const code: ErrorCode = error?.code ?? 'INTERNAL'
  const { status, title } = ERRORS[code]
  const problem: Problem = {
    type: `${TYPE_PREFIX}${code}`,
    title,
    status,
    detail: error?.message ?? `It is in the service's log as request ${request.id}; report it with that line`,
    instance: pathOf(request),
    code,
    requestId: request.id,
  }
  if (error instanceof ValidationError) problem.errors = [...error.fieldErrors]
  if (error instanceof RateLimitedError) reply.header('retry-after', error.retryAfterSeconds)
  if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS)
  return reply.code(status).type('application/problem+json').send(problem)
}

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? ''
