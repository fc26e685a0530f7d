import type { Verdict } from '../checks/check-history.ts'
import type { RunOptions } from '../cluster/scale.ts'

/** A kind of harm, and what must hold all the same. */
export interface Scenario {
  name: string
  promise: string
  /** Why this host cannot carry it out, or null. */
  obstacle?: () => string | null
  run: (options: RunOptions) => Promise<Verdict>
}
