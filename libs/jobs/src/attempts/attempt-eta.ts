import type { Redis } from 'ioredis'
import type { Claim } from './attempt-store.ts'
import { createDurationEstimates, type Durations } from '../eta/duration-estimates.ts'
import { createAttemptTimer, type AttemptTimer } from './attempt-timer.ts'
import { estimateCost } from '../eta/cost-estimate.ts'

/** How fast one attempt goes: at first as estimated, then as measured. */
export interface AttemptEta {
  clock: AttemptTimer
  begins(how: { resumed: boolean }): void
  /** Of what is still to come. */
  ahead(): Promise<Durations>
  /** What may be learned from an attempt that ends now: one that did all of its experiment. */
  measured(): { learn(): Promise<void> } | null
}

export function createAttemptEta({ redis, prefix, claim }: { redis: Redis; prefix: string; claim: Claim }): AttemptEta {
  const { config, pool } = claim.experiment
  const learned = createDurationEstimates({ redis, prefix })
  const work = estimateCost(config)
  const clock = createAttemptTimer()
  let estimated: Promise<Durations> | null = null
  let whole = false
  return {
    clock,
    begins: ({ resumed }) => void (whole = !resumed),
    async ahead() {
      estimated ??= learned.of(work, { pool, speed: null }).catch((error: unknown) => {
        estimated = null // Redis may be back the next time
        throw error
      })
      const { setUpSeconds, epochSeconds, endSeconds } = await estimated
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
