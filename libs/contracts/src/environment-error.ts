import type { z } from 'zod'
import { ExpectedError } from './errors.ts'

/** An app's environment that its schema refuses: every fault at once, by the variable's name. */
export class EnvironmentError extends ExpectedError {
  constructor(cause: z.ZodError) {
    const faults = cause.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
    super('CONFIG_INVALID', `The environment is not set up right: ${faults.join('; ')}`, { cause })
  }
}
