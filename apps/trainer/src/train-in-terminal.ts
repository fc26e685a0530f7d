import { type ExperimentConfig, stepsPerEpoch } from '@trainyard/contracts'
import type { Runtime } from '@trainyard/tensorflow'
import { type EpochResult, train } from '@trainyard/training'
import { networkShape } from './network-shape.ts'
import type { ResidentSplits } from './resident-splits.ts'

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
  const { train: trainSplit, evaluation } = await splits.load(config, {
    onProgress: ({ phase, fraction }) => onProgress(`${phase === 'decode' ? 'decoding' : 'downloading'} ${Math.floor(fraction * 100)} %`),
    onWarning: (message) => onProgress(`${message}\n`),
    signal,
  })
  const steps = stepsPerEpoch(trainSplit.images.count, config.batchSize)
  await train(tf, {
    shape: networkShape(config),
    trainImages: trainSplit.images,
    evalImages: evaluation?.images ?? null,
    batchSize: config.batchSize,
    epochs: config.epochs,
    lr: config.lr,
    momentum: config.momentum,
    seed: config.seed,
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
