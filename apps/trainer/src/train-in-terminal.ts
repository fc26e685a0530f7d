import { type ExperimentConfig, stepsPerEpoch } from '@trainyard/contracts'
import type { Runtime } from '@trainyard/tensorflow'
import { type EpochResult, train } from '@trainyard/training'
import type { ResidentSplits } from './resident-splits.ts'
import { trainOptions } from './train-options.ts'

export interface TerminalRun {
  tf: Runtime
  config: ExperimentConfig
  splits: ResidentSplits
  signal: AbortSignal
  /** One line that replaces the one before; empty to clear it. */
  onProgress: (text: string) => void
  onEpoch: (result: EpochResult) => void
}

/** A run without a worker: the same loop, told to the terminal. */
export async function trainInTerminal({ tf, config, splits, signal, onProgress, onEpoch }: TerminalRun): Promise<void> {
  const loaded = await splits.load(config, {
    onProgress: ({ phase, fraction }) => onProgress(`${phase === 'decode' ? 'decoding' : 'downloading'} ${Math.floor(fraction * 100)} %`),
    onWarning: (message) => onProgress(`${message}\n`),
    signal,
  })
  const steps = stepsPerEpoch(loaded.train.images.count, config.batchSize)
  await train(tf, {
    ...trainOptions(config, loaded),
    signal,
    callbacks: [
      {
        onBatchEnd: ({ epoch, step, loss }) => onProgress(`epoch ${epoch}, step ${step} of ${steps}, loss ${loss.toFixed(6)}`),
        onEvaluateBegin: ({ epoch }) => onProgress(`epoch ${epoch}, evaluating on ${config.evaluate}`),
        onEpochEnd: (result) => {
          onProgress('')
          onEpoch(result)
        },
        onTrainCleanup: () => onProgress(''),
      },
    ],
  })
}
