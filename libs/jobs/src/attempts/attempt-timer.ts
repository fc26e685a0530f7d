import type { Durations } from '../eta/duration-estimates.ts'

/** Epochs that its pace follows: of more, a change of the machine's load would be seen too late. */
const LATEST = 3

/** Times one attempt, from its claim on. */
export interface AttemptTimer {
  /** A step has been taken. */
  stepped(): void
  /** `seconds`: of its training alone, as the trainer measured it: what is written late took at least that. */
  epochEnded(seconds: number): void
  /** Of the latest epochs; null before the first one has ended. */
  secondsPerEpoch(): number | null
  /** Since the claim, where no step has been taken yet; null once one has. */
  settingUpSeconds(): number | null
  /** Of the whole attempt, which ends now; null where no epoch ended. */
  measured(): Durations | null
}

export function createAttemptTimer(now: () => number = () => performance.now()): AttemptTimer {
  const claimedMs = now()
  let steppedMs: number | null = null
  let endedMs: number | null = null
  const epochs: number[] = []
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    stepped: () => void (steppedMs ??= now()),
    epochEnded(seconds) {
      const nowMs = now()
      steppedMs ??= nowMs - 1000 * seconds
      epochs.push(Math.max(seconds, (nowMs - (endedMs ?? steppedMs)) / 1000))
      endedMs = nowMs
    },
    secondsPerEpoch: () => (epochs.length === 0 ? null : mean(epochs.slice(-LATEST))),
    settingUpSeconds: () => (steppedMs === null ? (now() - claimedMs) / 1000 : null),
    measured: () =>
      endedMs === null || steppedMs === null
        ? null
        : { setUpSeconds: (steppedMs - claimedMs) / 1000, epochSeconds: mean(epochs), endSeconds: (now() - endedMs) / 1000 },
  }
}
