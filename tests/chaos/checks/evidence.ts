import type { Ended } from './final-state.ts'
import type { History } from './history.ts'

/** What was done, what was seen, and what is there in the end. */
export interface Evidence {
  history: History
  ended: readonly Ended[]
  /** The same configs, run alone and undisturbed. */
  references: readonly Ended[]
  /** The last read of each experiment while all went on. */
  read: readonly Ended['experiment'][]
  /** More than the harm may cost must not be lost. */
  mostLostAttempts: number
  /** Redis's clock was set meanwhile, so that its times say nothing about how long something took. */
  clockWasSet: boolean
}
