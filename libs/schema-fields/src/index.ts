/** The fields of a zod schema as flags of a command line and as fields of a form. */
export { type CommandFlag, commandFlags, flagOf, InvalidFlagsError, parseFlags, readFlagValues } from './command-flags.ts'
