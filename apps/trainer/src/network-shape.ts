import { CLASSES, type ExperimentConfig, linearShapes } from '@trainyard/contracts'
import type { NetworkShape } from '@trainyard/training'

/** The network that a config asks for. */
export function networkShape(config: ExperimentConfig): NetworkShape {
  return { inputs: linearShapes(config)[0]?.[0] ?? 0, layerSizes: config.layerSizes, classes: CLASSES, bias: config.bias }
}
