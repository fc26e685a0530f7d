import type { Redis } from 'ioredis'
import type { Claim } from './attempt-store.ts'
import { createLearnedPace, type Pace } from '../eta/duration-estimates.ts'
import { createRunClock, type RunClock } from './attempt-timer.ts'
import { forecastWork } from '../eta/cost-estimate.ts'

/** How fast one attempt goes: at first as foreseen, then as measured. */
export interface AttemptPace {
  clock: RunClock
  begins(how: { resumed: boolean }): void
  /** Of what is still to come. */
  ahead(): Promise<Pace>
  /** What may be learnt of an attempt that ends now: one that did all of its experiment. */
  measured(): { learn(): Promise<void> } | null
}

export function pacedBy({ redis, prefix, claim }: { redis: Redis; prefix: string; claim: Claim }): AttemptPace {
  const { config, pool } = claim.experiment
  const learned = createLearnedPace({ redis, prefix })
  const work = forecastWork(config)
  const clock = createRunClock()
  let foreseen: Promise<Pace> | null = null
  let whole = false
  return {
    clock,
    begins: ({ resumed }) => void (whole = !resumed),
    async ahead() {
      foreseen ??= learned.of(work, { pool, speed: null }).catch((error: unknown) => {
        foreseen = null // Redis may be back the next time
        throw error
      })
      const { setUpSeconds, epochSeconds, endSeconds } = await foreseen
      const settingUp = clock.settingUpSeconds()
      return {
        setUpSeconds: settingUp === null ? 0 : Math.max(0, setUpSeconds - settingUp),
        epochSeconds: clock.secondsPerEpoch() ?? epochSeconds,
        endSeconds,
      }
    },
    measured() {
      const measured = whole ? clock.measured() : null
      return measured && { learn: () => learned.learn(work, { ...measured, pool }) }
    },
  }
}
