import { type ExperimentConfig, type Progress, SPLIT_COUNTS, stepsPerEpoch } from '@trainyard/contracts'

export const stepsOf = (config: ExperimentConfig): number => stepsPerEpoch(SPLIT_COUNTS[config.dataset].train, config.batchSize)

export interface Position {
  phase: Progress['phase']
  phaseFraction: number
  epoch: number
  step: number
}

/** `secondsPerEpoch`: of an epoch with all that belongs to it; null before one is known. */
export function progressAt(
  position: Position,
  { config, secondsPerEpoch }: { config: ExperimentConfig; secondsPerEpoch: number | null },
): Progress {
  const steps = stepsOf(config)
  const done = Math.max(0, position.epoch - 1) * steps + position.step
  const fraction = Math.min(1, done / (config.epochs * steps))
  return {
    ...position,
    epochs: config.epochs,
    stepsPerEpoch: steps,
    fraction,
    secondsPerEpoch,
    etaSeconds: secondsPerEpoch === null ? null : (1 - fraction) * config.epochs * secondsPerEpoch,
  }
}

export const startProgress = (config: ExperimentConfig): Progress =>
  progressAt({ phase: 'waiting', phaseFraction: 0, epoch: 0, step: 0 }, { config, secondsPerEpoch: null })
