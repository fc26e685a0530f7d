import type { Command } from 'commander'

/** What somebody has typed, without defaults. */
export function typedOptions(command: Command): Record<string, unknown> {
  return Object.fromEntries(Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'))
}
