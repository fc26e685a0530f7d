import { z } from 'zod'
import { ExpectedError } from './errors.ts'

/** One field of a schema as a flag of a command line. */
export interface CommandFlag {
  field: string
  /** `--image-size`; a boolean has `--no-bias` as well. */
  flag: string
  /** Numbers and strings in the plural are separated by commas. */
  kind: 'number' | 'boolean' | 'string' | 'numbers' | 'strings'
  choices?: readonly string[]
  /** As it would be typed. */
  defaultValue?: string
  /** With the bounds that the schema has. */
  description: string
}

/** Each flag that cannot be what it was given, and why. */
export class InvalidFlagsError extends ExpectedError {
  readonly faults: readonly FlagFault[]
  constructor(faults: readonly FlagFault[]) {
    super('INVALID_INPUT', `${faults.map(({ flag, detail }) => `${flag}: ${detail}`).join('; ')}. --help shows what each flag takes`)
    this.faults = faults
  }
}

export interface FlagFault {
  flag: string
  detail: string
}

/** What a field's JSON Schema says that a flag can use. */
const Field = z.object({
  type: z.enum(['string', 'integer', 'number', 'boolean', 'array']),
  description: z.string().default(''),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]).optional(),
  enum: z.array(z.string()).optional(),
  items: z.object({ type: z.enum(['string', 'integer', 'number']) }).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
})
type Field = z.infer<typeof Field>

/** One flag for each field, in the schema's order. */
export function commandFlags(schema: z.ZodObject): CommandFlag[] {
  return Object.entries(schema.shape).map(([field, type]) => toFlag(field, Field.parse(z.toJSONSchema(type, { io: 'input' }))))
}

/**
 * The object that was typed: what nobody gave is absent. `options` has each value by its field, as commander does, or by its flag without the
 * dashes, as `parseArgs` of node:util does.
 */
export function readFlagValues(flags: readonly CommandFlag[], options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const faults: FlagFault[] = []
  const values: Record<string, unknown> = {}
  for (const { field, flag, kind } of flags) {
    const given = options[field] ?? options[flag.slice(2)]
    if (given === undefined) continue
    values[field] = typeof given === 'string' ? toValue(given, kind) : given
    if ([values[field]].flat().includes(Number.NaN)) faults.push({ flag, detail: `wants ${WANTED[kind]}, not ${JSON.stringify(given)}` })
  }
  if (faults.length > 0) throw new InvalidFlagsError(faults)
  return values
}

/** The same, held to the schema and with its defaults. */
export function parseFlags<Schema extends z.ZodObject>(schema: Schema, options: Readonly<Record<string, unknown>>): z.output<Schema> {
  const parsed = schema.safeParse(readFlagValues(commandFlags(schema), options))
  if (parsed.success) return parsed.data
  throw new InvalidFlagsError(parsed.error.issues.map(({ path, message }) => ({ flag: flagOf(String(path[0])), detail: message })))
}

const WANTED: Record<CommandFlag['kind'], string> = {
  number: 'a number',
  boolean: 'no value',
  string: 'a text',
  numbers: 'numbers separated by commas',
  strings: 'words separated by commas',
}

function toFlag(field: string, schema: Field): CommandFlag {
  const { default: value } = schema
  return {
    field,
    flag: flagOf(field),
    kind: kindOf(schema),
    ...(schema.enum && { choices: schema.enum }),
    ...(value !== undefined && !(Array.isArray(value) && value.length === 0) && { defaultValue: String(value) }),
    description: [schema.description, boundsOf(schema)].filter(Boolean).join('; '),
  }
}

function kindOf({ type, items }: Field): CommandFlag['kind'] {
  if (type === 'array') return items?.type === 'string' ? 'strings' : 'numbers'
  return type === 'integer' ? 'number' : type
}

/** `imageSize` → `--image-size`. */
export function flagOf(field: string): string {
  return `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
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

/** NaN where a number is wanted and none is there. */
function toValue(text: string, kind: CommandFlag['kind']): unknown {
  if (kind === 'number') return toNumber(text)
  if (kind === 'numbers') return toParts(text).map(toNumber)
  return kind === 'strings' ? toParts(text) : text
}

function toParts(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((part) => part.trim())
}

function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}
