import type { FastifySchemaValidationError } from 'fastify'
import { z } from 'zod'
import { type FieldError, InvalidInputError, UnprocessableConfigError, type ValidationError } from './request-errors.ts'

const UnknownFields = z.object({ keys: z.array(z.string()) })
const AcrossFields = z.object({ params: z.object({ acrossFields: z.literal(true) }) })

/** What fastify-type-provider-zod makes of a ZodError: one entry per issue, with the rest of the issue in `params`. */
interface SchemaFailure {
  validation: readonly FastifySchemaValidationError[]
  validationContext?: string | undefined
}

/** Names every field that is not valid: 422 when each is valid alone, else 400. */
export function validationError({ validation, validationContext }: SchemaFailure): ValidationError {
  const inBody = validationContext === 'body'
  const fieldErrors = validation.flatMap((issue) => fieldErrorsOf(issue, inBody))
  const acrossFields = validation.every((issue) => AcrossFields.safeParse(issue.params).success)
  return acrossFields ? new UnprocessableConfigError(fieldErrors) : new InvalidInputError(fieldErrors)
}

function fieldErrorsOf(issue: FastifySchemaValidationError, inBody: boolean): FieldError[] {
  // The provider writes '/' for the body itself, which as a pointer would name a field called ''.
  const path = issue.instancePath === '/' ? '' : issue.instancePath
  const pointer = inBody ? path : path.slice(1)
  const unknown = issue.keyword === 'unrecognized_keys' ? UnknownFields.parse(issue.params).keys : []
  if (unknown.length > 0) {
    return unknown.map((key) => ({
      pointer: inBody ? `${path}/${escapePointer(key)}` : key,
      detail: inBody ? 'is not a field of this body; check its spelling' : 'is not a parameter of this route; check its spelling',
    }))
  }
  return [{ pointer, detail: issue.message ?? 'is not valid' }]
}

/** RFC 6901. */
const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')
