/** How much of everything: CI takes minutes, `npm run chaos` as long as is asked for. */
export interface Scale {
  kills: number
  /** The least number submitted while the kills go on. */
  experiments: number
  redisKills: number
  freezeMs: number
  /** How long answers get lost. */
  lossyMs: number
}

export const SHORT: Scale = { kills: 5, experiments: 6, redisKills: 3, freezeMs: 25_000, lossyMs: 8000 }
export const LONG: Scale = { kills: 100, experiments: 30, redisKills: 10, freezeMs: 60_000, lossyMs: 60_000 }

/** What a scenario is run with. */
export interface RunOptions {
  seed: number
  scale: Scale
  log: (text: string) => void
}
