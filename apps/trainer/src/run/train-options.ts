import { CLASSES, type ExperimentConfig } from '@trainyard/contracts'
import { linearShapes } from '@trainyard/planning'
import type { Tensor } from '@trainyard/tensorflow'
import type { NetworkShape, TrainOptions } from '@trainyard/training'
import type { LoadedSplits } from '../splits/device-cache.ts'

/** What `train` is to do for a config, on these images; with their kernel where the first layer is in the dual form. */
export function trainOptions(config: ExperimentConfig, { train, evaluation }: LoadedSplits, kernel: Tensor | null): TrainOptions {
  const { batchSize, epochs, lr, momentum, seed, recordLayers } = config
  return {
    shape: networkShape(config),
    trainImages: train.images,
    evalImages: evaluation?.images ?? null,
    kernel,
    batchSize,
    epochs,
    lr,
    momentum,
    seed,
    recordLayers,
  }
}

/** The network of a config. */
export function networkShape(config: ExperimentConfig): NetworkShape {
  const { layerSizes, bias, norm, normPosition, normAffine, groupSize } = config
  return {
    inputs: linearShapes(config)[0]?.[0] ?? 0,
    layerSizes,
    classes: CLASSES,
    bias,
    // without a position the norm has no effect: there is none, or nothing that it could normalise
    norm:
      norm === 'none' || normPosition === null
        ? null
        : { type: norm, position: normPosition, affine: normAffine ?? false, groupSize: groupSize ?? 1 },
  }
}
