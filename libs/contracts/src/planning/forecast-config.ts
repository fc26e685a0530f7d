import { CLASSES, SPLIT_COUNTS } from '../datasets/dataset.ts'
import { imageMoments } from '../datasets/dataset-moments.ts'
import type { ExperimentConfig } from '../experiments/experiment-config.ts'
import { linearShapes } from './network-cost.ts'
import { forecastSignal, type SignalForecast } from './signal-advice.ts'

/** The signal of a config's network on its own dataset, in batches of its own size. */
export function forecastConfig(config: ExperimentConfig): SignalForecast {
  const { dataset, imageSize, layerSizes, norm, normPosition, groupSize, bias } = config
  return forecastSignal({
    ...{ layerSizes, norm, normPosition, groupSize, bias, classes: CLASSES },
    inputs: linearShapes(config)[0]?.[0] ?? 0,
    batchSize: Math.min(config.batchSize, SPLIT_COUNTS[dataset].train),
    moments: imageMoments(dataset, imageSize),
  })
}
