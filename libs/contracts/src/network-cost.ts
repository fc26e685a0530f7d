import { CLASSES, SPLIT_COUNTS } from './dataset.ts'
import { stepsPerEpoch } from './config-rules.ts'
import type { ExperimentConfig } from './experiment-config.ts'

/** TensorFlow, Node and what its pool holds beyond the arrays: an idle trainer's 400 MiB, and room for the pool to grow. */
export const TRAINER_BASE_BYTES = 512 * 2 ** 20
/** Copies alive at once in a step: of the images as floats, divided and turned; of a layer's output, forward and backward. */
const IMAGE_COPIES = 3
const OUTPUT_COPIES = 6

export interface NetworkCost {
  /** Trainable numbers. */
  parameters: number
  /** Peak memory that training needs, in bytes: an upper estimate. */
  memoryBytes: number
  /** Multiplications and additions of one epoch's forward and backward passes. */
  flopsPerEpoch: number
}

/** Sizes of the linear layers as [inputs, outputs] pairs, first to last. */
export function linearShapes(config: Pick<ExperimentConfig, 'imageSize' | 'layerSizes'>): [number, number][] {
  const sizes = [config.imageSize ** 2 * 3, ...config.layerSizes, CLASSES]
  return sizes.slice(1).map((outputs, i) => [sizes[i] ?? 0, outputs])
}

export function networkCost(config: ExperimentConfig): NetworkCost {
  const shapes = linearShapes(config)
  const counts = SPLIT_COUNTS[config.dataset]
  const weights = shapes.reduce((sum, [inputs, outputs]) => sum + inputs * outputs, 0)
  const outputs = shapes.reduce((sum, [, units]) => sum + units, 0)
  const hidden = outputs - CLASSES
  const parameters = weights + (config.bias ? outputs : 0) + (config.normAffine ? 2 * hidden : 0)
  const activations = config.batchSize * (IMAGE_COPIES * (shapes[0]?.[0] ?? 0) + OUTPUT_COPIES * outputs)
  const images = counts.train + (config.evaluate === 'none' ? 0 : counts[config.evaluate])
  return {
    parameters,
    // weights, momenta and one gradient in float32; activations; images as bytes, held by JavaScript and by TensorFlow
    memoryBytes: TRAINER_BASE_BYTES + 3 * 4 * parameters + 4 * activations + 2 * images * config.imageSize ** 2 * 3,
    // forward, and backward for weights and inputs (the first layer needs no gradient of its input)
    flopsPerEpoch: counts.train * (6 * weights - 2 * (shapes[0]?.[0] ?? 0) * (shapes[0]?.[1] ?? 0)),
  }
}

/** Shapes of one batch on its way through the network, and what an experiment will cost. */
export function dryRunShapes(config: ExperimentConfig) {
  const images = SPLIT_COUNTS[config.dataset].train
  const n = Math.min(config.batchSize, images)
  return {
    shapes: {
      images: [n, 3, config.imageSize, config.imageSize],
      targets: [n],
      hidden: config.layerSizes.map((units) => [n, units]),
      logits: [n, CLASSES],
    },
    counts: {
      trainImages: images,
      evalImages: config.evaluate === 'none' ? 0 : SPLIT_COUNTS[config.dataset][config.evaluate],
      stepsPerEpoch: stepsPerEpoch(images, config.batchSize),
      steps: stepsPerEpoch(images, config.batchSize) * config.epochs,
    },
    ...networkCost(config),
  }
}
