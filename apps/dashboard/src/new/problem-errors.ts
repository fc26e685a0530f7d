import { ProblemError } from '@trainyard/client'
import type { Faults } from './fields/format-form.ts'

/** What the service found wrong, by field: its pointers are `/depth`, or `/changes/depth` of a fork. */
export function problemFaults(error: unknown): Faults {
  if (!(error instanceof ProblemError)) return {}
  const faults = (error.problem.errors ?? []).map(({ pointer, detail }) => [pointer.replace(/^\/(changes\/)?/, '').split('/')[0], detail])
  return Object.fromEntries(faults)
}
