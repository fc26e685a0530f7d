import { type ExperimentConfig, type Progress, SPLIT_COUNTS, stepsPerEpoch } from '@trainyard/contracts'
import { type Durations, secondsLeft } from './duration-estimates.ts'

export const stepsOf = (config: ExperimentConfig): number => stepsPerEpoch(SPLIT_COUNTS[config.dataset].train, config.batchSize)

export interface Position {
  phase: Progress['phase']
  phaseFraction: number
  epoch: number
  step: number
}

/** Seconds to the millisecond: more digits would only look exact. */
export const toMs = (seconds: number): number => Math.round(1000 * seconds) / 1000

/** `pace`: of the whole run, as far as it is still to come; null where it is not known. */
export function progressAt(position: Position, { config, pace }: { config: ExperimentConfig; pace: Durations | null }): Progress {
  const { epochs } = config
  const steps = stepsOf(config)
  const done = Math.max(0, position.epoch - 1) * steps + position.step
  const fraction = Math.min(1, done / (epochs * steps))
  return {
    ...position,
    epochs,
    stepsPerEpoch: steps,
    fraction,
    secondsPerEpoch: pace && toMs(pace.epochSeconds),
    etaSeconds: pace && toMs(secondsLeft(pace, { epochs, done: fraction })),
  }
}

export const startProgress = (config: ExperimentConfig): Progress =>
  progressAt({ phase: 'waiting', phaseFraction: 0, epoch: 0, step: 0 }, { config, pace: null })
