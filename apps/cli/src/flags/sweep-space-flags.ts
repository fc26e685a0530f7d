import { TrialConfig } from '@trainyard/contracts'
import { type CommandFlag, commandFlags, InvalidFlagsError } from '@trainyard/schema-fields'
import { Option } from 'commander'

const FLAGS = commandFlags(TrialConfig)
const RANGE = /^([^.]+(?:\.\d+)?)\.\.([^:]+)(?::(log|linear))?$/

/** A flag for each field of an experiment, which takes one value, several, or a range. */
export const spaceOptions = (): Option[] => FLAGS.map(({ flag, description }) => new Option(`${flag} <what>`, description))

interface SpaceInput {
  base: Record<string, unknown>
  space: Record<string, unknown>
}

/** `3` is a value of all trials, except for a field that always varies; `1,2,4` and `1e-4..1e-1:log` vary. `;` separates lists of layer sizes. */
export function readSpace(options: Readonly<Record<string, unknown>>, { alwaysVaried }: { alwaysVaried: readonly string[] }): SpaceInput {
  const input: SpaceInput = { base: {}, space: {} }
  const faults: { flag: string; detail: string }[] = []
  for (const { field, flag, kind } of FLAGS) {
    const given = options[field]
    if (typeof given !== 'string') continue
    const range = kind === 'number' ? RANGE.exec(given) : null
    const isList = kind === 'numbers' || kind === 'strings'
    const values = given.split(isList ? ';' : ',').map((part) => toValue(part.trim(), kind))
    if (range) {
      const [, min, max, scale] = range
      input.space[field] = { min: Number(min), max: Number(max), ...(scale && { scale }) }
    } else if (values.length > 1 || alwaysVaried.includes(field)) input.space[field] = { values }
    else input.base[field] = values[0]
    const numbers = range ? [Number(range[1]), Number(range[2])] : values.flat()
    if (numbers.includes(Number.NaN))
      faults.push({ flag, detail: `wants a number, several like 1,2,4, or a range like 1e-4..1e-1:log, not ${JSON.stringify(given)}` })
  }
  if (faults.length > 0) throw new InvalidFlagsError(faults)
  return input
}

function toValue(text: string, kind: CommandFlag['kind']): string | number | boolean | (string | number)[] {
  if (kind === 'number') return text === '' ? Number.NaN : Number(text)
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : Number.NaN
  if (kind === 'numbers') return text.split(',').map(Number)
  if (kind === 'strings') return text.split(',')
  return text
}
