import { z } from 'zod'
import { ExpectedError } from '@trainyard/contracts'

/** One field of a schema as a flag of a command line. */
export interface CommandFlag {
  field: string
  /** `--image-size`; a boolean has `--no-bias` as well. */
  flag: string
  /** Those in the plural are separated by commas; numbers may be ranges like 0-9. */
  kind: 'number' | 'boolean' | 'string' | 'numbers' | 'strings' | 'booleans'
  choices?: readonly string[]
  /** As it would be typed. */
  defaultValue?: string
  /** With the bounds that the schema has. */
  description: string
}

/** Each flag that cannot be what it was given, and why. */
export class InvalidFlagsError extends ExpectedError {
  readonly faults: readonly FlagError[]
  constructor(faults: readonly FlagError[]) {
    super('INVALID_INPUT', `${faults.map(({ flag, detail }) => `${flag}: ${detail}`).join('; ')}. --help shows what each flag takes`)
    this.faults = faults
  }
}

export interface FlagError {
  flag: string
  detail: string
}

/** The parts of a field's JSON Schema that a flag uses. */
const Field = z.object({
  type: z.enum(['string', 'integer', 'number', 'boolean', 'array']),
  description: z.string().default(''),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))]).optional(),
  enum: z.array(z.string()).optional(),
  items: z.object({ type: z.enum(['string', 'integer', 'number', 'boolean']), enum: z.array(z.string()).optional() }).optional(),
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
 * The object that was typed: what was not given is absent. `options` has each value by its field, as commander does, or by its flag without the
 * dashes, as `parseArgs` of node:util does.
 */
export function readFlagValues(flags: readonly CommandFlag[], options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const faults: FlagError[] = []
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
  booleans: 'true, false or both, separated by a comma',
}

function toFlag(field: string, schema: Field): CommandFlag {
  const { default: value, items } = schema
  const among = items?.enum && `of ${items.enum.join(', ')}`
  return {
    field,
    flag: flagOf(field),
    kind: kindOf(schema),
    ...(schema.enum && { choices: schema.enum }),
    ...(value !== undefined && !(Array.isArray(value) && value.length === 0) && { defaultValue: String(value) }),
    description: [schema.description, among, boundsOf(schema)].filter(Boolean).join('; '),
  }
}

function kindOf({ type, items }: Field): CommandFlag['kind'] {
  if (type === 'array' && items?.type === 'boolean') return 'booleans'
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
  if (kind === 'numbers') return toParts(text).flatMap(toNumbers)
  if (kind === 'booleans') return toParts(text).map((part) => (part === 'true' ? true : part === 'false' ? false : Number.NaN))
  return kind === 'strings' ? toParts(text) : text
}

function toParts(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((part) => part.trim())
}

const MAX_RANGE = 1000

/** A number, or all of a range: `0-9`. */
function toNumbers(text: string): number[] {
  const [, first, last] = (/^(\d+)-(\d+)$/.exec(text) ?? []).map(Number)
  if (first === undefined || last === undefined) return [toNumber(text)]
  const count = last - first + 1
  return count < 1 || count > MAX_RANGE ? [Number.NaN] : Array.from({ length: count }, (_, i) => first + i)
}

function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}
