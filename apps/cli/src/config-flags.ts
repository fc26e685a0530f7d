import { ExpectedError, ExperimentRequest } from '@trainyard/contracts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { flagOf } from './flag-name.ts'

/** What a field's JSON Schema says that a flag can use. */
const Field = z.object({
  type: z.enum(['string', 'integer', 'number', 'boolean', 'array']),
  description: z.string().default(''),
  default: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  items: z.object({ type: z.enum(['string', 'integer']) }).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
})
type Field = z.infer<typeof Field>

export class InvalidFlagsError extends ExpectedError {
  readonly faults: readonly { at: string; detail: string }[]
  constructor(error: z.ZodError) {
    const faults = error.issues.map(({ path, message }) => ({ at: flagOf(String(path[0] ?? '')), detail: message }))
    super('INVALID_INPUT', faults.map(({ at, detail }) => `${at} ${detail}`).join('; '))
    this.faults = faults
  }
}

/** One flag for each field of the request, with the contract's types, defaults, bounds and descriptions. */
export function configFlags(): Option[] {
  return Object.entries(ExperimentRequest.shape).map(([name, schema]) =>
    toOption(name, Field.parse(z.toJSONSchema(schema, { io: 'input' }))),
  )
}

/** The request that the flags on the command line make; what nobody gave is the contract's default. */
export function requestFromFlags(command: Command): ExperimentRequest {
  const names = Object.keys(ExperimentRequest.shape)
  const given = names.filter((name) => command.getOptionValueSource(name) === 'cli').map((name) => [name, command.getOptionValue(name)])
  const request = ExperimentRequest.safeParse(Object.fromEntries(given))
  if (!request.success) throw new InvalidFlagsError(request.error)
  return request.data
}

function toOption(name: string, field: Field): Option {
  const flag = flagOf(name)
  const description = [field.description, boundsOf(field)].filter(Boolean).join('; ')
  if (field.type === 'array')
    return new Option(`${flag} <list>`, `${description}; separated by commas`).argParser((text) => toList(text, field))
  // Commander reads --no-bias as bias: false.
  if (field.type === 'boolean')
    return field.default === true ? new Option(flag.replace('--', '--no-'), `no ${description}`) : new Option(flag, description)
  const option = new Option(`${flag} <${field.enum ? 'choice' : field.type === 'string' ? 'text' : 'number'}>`, description)
  if (field.default !== undefined) option.default(field.default)
  if (field.enum) option.choices(field.enum)
  return field.type === 'string' ? option : option.argParser(toNumber)
}

function boundsOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Field): string {
  const bounds: [string, number | undefined][] = [
    ['from', minimum],
    ['above', exclusiveMinimum],
    ['to', maximum],
    ['below', exclusiveMaximum],
  ]
  return bounds.flatMap(([word, bound]) => (bound === undefined ? [] : [`${word} ${bound}`])).join(' ')
}

function toNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

function toList(text: string, field: Field): (string | number)[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  return field.items?.type === 'integer' ? parts.map(toNumber) : parts
}
