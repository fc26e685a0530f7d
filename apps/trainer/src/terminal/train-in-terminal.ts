import { type ExperimentConfig, stepsPerEpoch } from '@trainyard/contracts'
import type { Runtime } from '@trainyard/tensorflow'
import { type EpochResult, train } from '@trainyard/training'
import type { DeviceKernel } from '../splits/device-kernel.ts'
import type { DeviceSplits } from '../splits/device-cache.ts'
import { trainOptions } from '../run/train-options.ts'

export interface TerminalRun {
  tf: Runtime
  config: ExperimentConfig
  splits: DeviceSplits
  kernels: DeviceKernel
  signal: AbortSignal
  /** One line that replaces the one before; empty to clear it. */
  onProgress: (text: string) => void
  onEpoch: (result: EpochResult) => void
}

/** A run without a worker: the same loop, reported to the terminal. */
export async function trainInTerminal({ tf, config, splits, kernels, signal, onProgress, onEpoch }: TerminalRun): Promise<void> {
  const onWarning = (message: string): void => onProgress(`${message}\n`)
  const loaded = await splits.load(config, {
    onProgress: ({ phase, fraction }) => onProgress(`${phase === 'decode' ? 'decoding' : 'downloading'} ${Math.floor(fraction * 100)} %`),
    onWarning,
    signal,
  })
  const onPrepare = (fraction: number): void => onProgress(`preparing ${Math.floor(fraction * 100)} %`)
  const kernel =
    config.firstLayer === 'dual'
      ? await kernels.load(loaded, { onProgress: ({ fraction }) => onPrepare(fraction / 2), onWarning, signal })
      : null
  const steps = stepsPerEpoch(loaded.train.images.count, config.batchSize)
  await train(tf, {
    ...trainOptions(config, loaded, kernel),
    signal,
    callbacks: [
      {
        onPrepare: ({ fraction }) => onPrepare((1 + fraction) / 2),
        onSteps: ({ epoch, firstStep, losses }) =>
          onProgress(`epoch ${epoch}, step ${firstStep + losses.length - 1} of ${steps}, loss ${losses.at(-1)?.toFixed(6)}`),
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
