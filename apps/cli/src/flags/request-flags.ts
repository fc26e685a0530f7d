import { type CommandFlag, commandFlags } from '@trainyard/schema-fields'
import { type Command, Option } from 'commander'
import type { z } from 'zod'

const VALUE_OF: Record<CommandFlag['kind'], string> = {
  boolean: '',
  number: ' <number>',
  string: ' <text>',
  numbers: ' <number,...>',
  strings: ' <text,...>',
  booleans: ' <true,false>',
}

/** One flag for each field of the request, with the contract's types, defaults, bounds and descriptions. */
export function requestFlags(request: z.ZodObject): Option[] {
  return commandFlags(request).flatMap(toOptions)
}

/** The options that were typed, without the defaults of the others. */
export function typedOptions(command: Command): Record<string, unknown> {
  return Object.fromEntries(Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'))
}

function toOptions({ flag, kind, choices, defaultValue, description }: CommandFlag): Option[] {
  // Commander reads --no-bias as bias: false.
  const off = new Option(flag.replace('--', '--no-'), `no ${description}`)
  if (kind === 'boolean') return defaultValue === 'true' ? [off] : [new Option(flag, description), off]
  const option = new Option(`${flag}${VALUE_OF[kind]}`, description)
  if (defaultValue !== undefined) option.default(defaultValue, defaultValue)
  // The help shows the choices; the contract itself refuses others, in the same words as for every other flag.
  return [choices ? option.choices(choices).argParser((text) => text) : option]
}
