import { type CommandFlag, InvalidFlagsError, readFlagValues } from '@trainyard/schema-fields'

/** A schema and its fields. */
export interface Form<Output> {
  flags: readonly CommandFlag[]
  schema: { safeParse(given: object): { data?: Output; error?: { issues: readonly { path: PropertyKey[]; message: string }[] } } }
}

/** What stands in each field, as it was typed; an empty field was not filled in. */
export type Texts = Readonly<Record<string, string>>
/** What is wrong with a field, by its name. */
export type Faults = Readonly<Record<string, string>>

export interface ReadForm<Output> {
  /** What was filled in and is not the default. */
  given: Record<string, unknown>
  /** Held to the schema; null where something is at fault. */
  parsed: Output | null
  faults: Faults
}

/** The object that a form's texts mean by its schema, and what of them cannot be. */
export function readTexts<Output>({ flags, schema }: Form<Output>, texts: Texts): ReadForm<Output> {
  const given: Record<string, unknown> = {}
  const faults: Record<string, string> = {}
  for (const flag of flags) {
    const text = texts[flag.field] ?? ''
    if (text === '') continue
    try {
      const value = valueOf(flag, text)
      if (String(value) !== flag.defaultValue) given[flag.field] = value
    } catch (error) {
      if (!(error instanceof InvalidFlagsError)) throw error
      faults[flag.field] = error.faults.map(({ detail }) => detail).join('; ')
    }
  }
  const parsed = schema.safeParse(given)
  for (const { path, message } of parsed.error?.issues ?? []) faults[String(path[0])] ??= message
  return { given, parsed: Object.keys(faults).length === 0 ? (parsed.data ?? null) : null, faults }
}

/** Flags have no word for false: they are left out or turned round. */
function valueOf(flag: CommandFlag, text: string): unknown {
  const typed = flag.kind === 'boolean' ? text === 'true' : text
  return readFlagValues([flag], { [flag.field]: typed })[flag.field]
}

/** As a user would type it. */
export const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value))

/** What holds where a field is empty: the schema's default, or the one that its description names. */
export const fallbackOf = ({ defaultValue, description }: CommandFlag): string | undefined =>
  defaultValue ?? /\(default ([^)]*)\)/.exec(description)?.[1]
