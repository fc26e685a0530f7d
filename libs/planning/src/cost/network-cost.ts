import { CLASSES, type ExperimentConfig, SPLIT_COUNTS, stepsPerEpoch, type TrainingSpeed } from '@trainyard/contracts'
import { planFirstLayer } from './first-layer-cost.ts'

/** TensorFlow, Node and what its pool and its kernels hold beyond the arrays: an idle trainer has 390 MiB, and a processor with AVX-512 took 150 more. */
export const TRAINER_BASE_BYTES = 576 * 2 ** 20
/** Copies alive at once in a step: of the images as floats, divided and turned; of a layer's output, forward and backward. */
const IMAGE_COPIES = 3
const OUTPUT_COPIES = 6
/** Inputs that are multiplied at once on the way into the dual form. */
const DUAL_BLOCK = 4096

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
  const inputs = shapes[0]?.[0] ?? 0
  const activations = config.batchSize * (IMAGE_COPIES * (shapes[0]?.[0] ?? 0) + OUTPUT_COPIES * outputs)
  const images = counts.train + (config.evaluate === 'none' ? 0 : counts[config.evaluate])
  const arrays = config.firstLayer === 'dual' ? dualBytes(config, { parameters, images }) : 3 * 4 * parameters + 4 * activations
  return {
    parameters,
    // images are bytes, once in JavaScript and once in TensorFlow
    memoryBytes: TRAINER_BASE_BYTES + arrays + 2 * images * inputs,
    // forward, and backward for weights and inputs (the first layer needs no gradient of its input)
    flopsPerEpoch: counts.train * (6 * weights - 2 * inputs * (shapes[0]?.[1] ?? 0)),
  }
}

/** In the dual form: weights, momenta and gradients in float64, the kernel and X · W₀, a block of the pixels, and the weight that is materialized at the end. */
function dualBytes(config: ExperimentConfig, { parameters, images }: { parameters: number; images: number }): number {
  const [[inputs, width] = [0, 0], ...others] = linearShapes(config)
  const train = SPLIT_COUNTS[config.dataset].train
  const trained = parameters - inputs * width + train * width
  const outputs = width + others.reduce((sum, [, units]) => sum + units, 0)
  const kernel = images * (2 * train + 3 * width)
  const block = Math.min(inputs, DUAL_BLOCK) * (3 * images + 2 * width)
  const activations = OUTPUT_COPIES * config.batchSize * outputs
  return 8 * (3 * trained + kernel + block + activations) + 4 * inputs * width
}

/** Shapes of one batch on its way through the network, and what an experiment will cost. */
export function dryRunShapes(config: ExperimentConfig, speed: TrainingSpeed | null = null) {
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
    firstLayer: planFirstLayer(config, speed),
  }
}
