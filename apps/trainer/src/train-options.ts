import { CLASSES, type ExperimentConfig, linearShapes } from '@trainyard/contracts'
import type { TrainOptions } from '@trainyard/training'
import type { LoadedSplits } from './resident-splits.ts'

/** What `train` is to do for a config, on these images. */
export function trainOptions(config: ExperimentConfig, { train, evaluation }: LoadedSplits): TrainOptions {
  const { layerSizes, bias, batchSize, epochs, lr, momentum, seed } = config
  return {
    shape: { inputs: linearShapes(config)[0]?.[0] ?? 0, layerSizes, classes: CLASSES, bias },
    trainImages: train.images,
    evalImages: evaluation?.images ?? null,
    ...{ batchSize, epochs, lr, momentum, seed },
  }
}
