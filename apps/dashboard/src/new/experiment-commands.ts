import type { CommandFlag } from '@trainyard/schema-fields'
import { EXPERIMENT_FORM } from './experiment-form.ts'
import { textOf } from './fields/format-form.ts'

interface CommandSetup {
  /** The fields that are not left to their defaults. */
  given: Readonly<Record<string, unknown>>
  /** Where the service is. */
  origin: string
  /** The service requires a key: the command reads it from the environment, and never contains it. */
  withKey: boolean
}

/** What curl sends to make the same experiment. */
export function curlCommand({ given, origin, withKey }: CommandSetup): string {
  const lines = [
    `curl ${quoted(`${origin}/api/v1/experiments`)}`,
    ...(withKey ? ['-H "Authorization: Bearer $TRAINYARD_API_KEY"'] : []),
    "-H 'Content-Type: application/json'",
    `-d ${quoted(JSON.stringify(given))}`,
  ]
  return lines.join(' \\\n  ')
}

const DEFAULT_ORIGINS = ['http://127.0.0.1:8787', 'http://localhost:8787']

/** The same from a terminal; the key comes from TRAINYARD_API_KEY by itself. */
export function cliCommand({ given, origin }: CommandSetup): string {
  const flags = EXPERIMENT_FORM.flags.flatMap((flag) => flagArguments(flag, given[flag.field]))
  const where = DEFAULT_ORIGINS.includes(origin) ? [] : [`--url ${quoted(origin)}`]
  return ['npx trainyard submit', ...where, ...flags].join(' ')
}

function flagArguments({ flag, kind }: CommandFlag, value: unknown): string[] {
  if (value === undefined) return []
  if (kind === 'boolean') return [value === true ? flag : flag.replace('--', '--no-')]
  const text = Array.isArray(value) ? value.join(',') : textOf(value)
  // what begins with a dash would be another flag
  return text.startsWith('-') ? [`${flag}=${quoted(text)}`] : [`${flag} ${quoted(text)}`]
}

const PLAIN = /^[\w,./:=@%+-]+$/

/** As POSIX shells read it: between single quotes everything is itself. */
const quoted = (text: string): string => (PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
