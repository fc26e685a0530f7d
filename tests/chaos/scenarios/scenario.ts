import type { Verdict } from '../checks/check-history.ts'

/** How much of everything: CI takes minutes, `npm run chaos` as long as is asked for. */
export interface Scale {
  kills: number
  /** At least so many while the kills go on. */
  experiments: number
  redisKills: number
  freezeMs: number
  /** How long answers get lost. */
  lossyMs: number
}

export const SHORT: Scale = { kills: 10, experiments: 6, redisKills: 3, freezeMs: 25_000, lossyMs: 8000 }
export const LONG: Scale = { kills: 100, experiments: 30, redisKills: 10, freezeMs: 60_000, lossyMs: 60_000 }

export interface ScenarioOptions {
  seed: number
  scale: Scale
  say: (text: string) => void
}

/** A kind of harm, and what must hold all the same. */
export interface Scenario {
  name: string
  promise: string
  /** Why this host cannot carry it out, or null. */
  obstacle?: () => string | null
  run: (options: ScenarioOptions) => Promise<Verdict>
}
