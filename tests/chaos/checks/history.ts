/** What a user may ask of the service. */
export type Operation = 'submit' | 'cancel' | 'pause' | 'resume'

/**
 * A call and what its caller knows of it, in the manner of Jepsen: `ok` has been done, `refused` has not, `unknown` got no answer and may have been
 * done, or be done later.
 */
export interface Call {
  operation: Operation
  /** A submit's idempotency key, which is the experiment's name, too; the experiment's id for all else. */
  subject: string
  outcome: 'ok' | 'refused' | 'unknown'
  /** The error's code where it was refused. */
  code: string | null
  /** The experiment that a submit was answered with. */
  id: string | null
  invokedAtMs: number
  endedAtMs: number
}

/** All that was done to a service and seen of it. Times are this machine's, in ms since 1970; Redis runs on the same one. */
export interface History {
  calls: Call[]
  /** When which process stopped being able to own an experiment: killed, frozen, or cut off from Redis. */
  losses: { pid: number; atMs: number }[]
  /** The processes that worker ids stand for. */
  workers: Map<string, number>
  /** Samples of how many slots could take an experiment. */
  slots: { atMs: number; free: number }[]
  redisAway: { fromMs: number; toMs: number }[]
  /** What was seen not to hold while it went on. */
  faults: string[]
}

export const createHistory = (): History => ({ calls: [], losses: [], workers: new Map(), slots: [], redisAway: [], faults: [] })

/** Monotonic, even when the clock is set. */
export const nowMs = (): number => performance.timeOrigin + performance.now()
