import { CLASSES, type ExperimentConfig, type SignalForecast, SPLIT_COUNTS } from '@trainyard/contracts'
import { linearShapes } from '../cost/network-cost.ts'
import { imageMoments } from './image-moments.ts'
import { forecastSignal } from './signal-advice.ts'

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
