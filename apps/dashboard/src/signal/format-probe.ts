import { ProbeRequest } from '@trainyard/contracts'
import { type CommandFlag, commandFlags, InvalidFlagsError, readFlagValues } from '@trainyard/schema-fields'

export const PROBE_FLAGS: readonly CommandFlag[] = commandFlags(ProbeRequest)
export const NOTEBOOK_PROBE: ProbeRequest = ProbeRequest.parse({})

/** What stands in each field, as a command line would have it. */
export type ProbeTexts = Readonly<Record<string, string>>

export interface ReadProbe {
  /** Null where a field is at fault. */
  request: ProbeRequest | null
  /** What is wrong, by field. */
  faults: Readonly<Record<string, string>>
}

/** Lists of numbers are written as ranges: 0-9 rather than ten numbers. */
export function textOf(value: unknown): string {
  if (!Array.isArray(value)) return String(value)
  if (!value.every((each) => typeof each === 'number')) return value.join(',')
  const ranges: { from: number; to: number }[] = []
  for (const number of value) {
    const last = ranges.at(-1)
    if (last && number === last.to + 1) last.to = number
    else ranges.push({ from: number, to: number })
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : to === from + 1 ? `${from},${to}` : `${from}-${to}`)).join(',')
}

const DEFAULTS: ProbeTexts = Object.fromEntries(Object.entries(NOTEBOOK_PROBE).map(([field, value]) => [field, textOf(value)]))

/** The fields of a URL; the others are the notebook's. */
export const textsFrom = (address: URLSearchParams): ProbeTexts =>
  Object.fromEntries(Object.entries(DEFAULTS).map(([field, text]) => [field, address.get(field) ?? text]))

/** What of the fields has to stand in an address. */
export const addressFor = (texts: ProbeTexts): URLSearchParams =>
  new URLSearchParams(Object.entries(texts).filter(([field, text]) => text !== DEFAULTS[field]))

export function readProbe(texts: ProbeTexts): ReadProbe {
  const faults: Record<string, string> = {}
  const empty = PROBE_FLAGS.filter(({ field, kind }) => texts[field]?.trim() === '' && kind !== 'number')
  for (const { field } of empty) faults[field] = 'needs at least one'
  const values = valuesOf(texts, faults)
  const parsed = ProbeRequest.safeParse(values)
  for (const { path, message } of parsed.error?.issues ?? []) faults[String(path[0])] ??= message
  return { request: parsed.success && Object.keys(faults).length === 0 ? parsed.data : null, faults }
}

/** A field that cannot be read is left out, and reported. */
function valuesOf(texts: ProbeTexts, faults: Record<string, string>): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const flag of PROBE_FLAGS) {
    try {
      Object.assign(values, readFlagValues([flag], texts))
    } catch (error) {
      if (!(error instanceof InvalidFlagsError)) throw error
      faults[flag.field] ??= error.faults.map(({ detail }) => detail).join('; ')
    }
  }
  return values
}
