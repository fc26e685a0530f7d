import type { FastifySchemaValidationError } from 'fastify'
import { z } from 'zod'
import { type Fault, InvalidInputError, UnprocessableConfigError } from './request-errors.ts'

const UnknownFields = z.object({ keys: z.array(z.string()) })
const AcrossFields = z.object({ params: z.object({ acrossFields: z.literal(true) }) })

/** What fastify-type-provider-zod made of a ZodError: one entry per issue, with the rest of the issue in `params`. */
interface SchemaFailure {
  validation: readonly FastifySchemaValidationError[]
  validationContext?: string | undefined
}

/** Names every field that is at fault: 422 when each is fine alone, else 400. */
export function inputError({ validation, validationContext }: SchemaFailure): InvalidInputError | UnprocessableConfigError {
  const inBody = validationContext === 'body'
  const faults = validation.flatMap((issue) => faultsOf(issue, inBody))
  const acrossFields = validation.every((issue) => AcrossFields.safeParse(issue.params).success)
  return acrossFields ? new UnprocessableConfigError(faults) : new InvalidInputError(faults)
}

function faultsOf(issue: FastifySchemaValidationError, inBody: boolean): Fault[] {
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
