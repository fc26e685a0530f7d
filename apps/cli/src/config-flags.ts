import { type CommandFlag, commandFlags, ExperimentRequest } from '@trainyard/contracts'
import { Option } from 'commander'

const VALUE_OF: Record<CommandFlag['kind'], string> = {
  boolean: '',
  number: ' <number>',
  string: ' <text>',
  numbers: ' <number,...>',
  strings: ' <text,...>',
}

/** One flag for each field of the request, with the contract's types, defaults, bounds and descriptions. */
export function configFlags(): Option[] {
  return commandFlags(ExperimentRequest).map(toOption)
}

function toOption({ flag, kind, choices, defaultValue, description }: CommandFlag): Option {
  // Commander reads --no-bias as bias: false.
  if (kind === 'boolean' && defaultValue === 'true') return new Option(flag.replace('--', '--no-'), `no ${description}`)
  const option = new Option(`${flag}${VALUE_OF[kind]}`, description)
  if (defaultValue !== undefined) option.default(defaultValue, defaultValue)
  // The help shows the choices; the contract itself refuses others, in the same words as for every other flag.
  return choices ? option.choices(choices).argParser((text) => text) : option
}
