import {
  CLASSES,
  dualFormObstacle,
  type ExperimentConfig,
  type FirstLayer,
  type FirstLayerPlan,
  SPLIT_COUNTS,
  stepsPerEpoch,
  type TrainingSpeed,
} from '@trainyard/contracts'
import { speedAt } from './speed-at-width.ts'

/** What the time of training depends on. */
export interface TrainingSizes {
  /** Of the train split. */
  images: number
  /** Of the split that is evaluated after every epoch; 0: none is. */
  evalImages: number
  /** Numbers per image. */
  inputs: number
  /** Of each layer, the classes last. */
  units: readonly number[]
  batchSize: number
}

interface TrainingSeconds {
  /** Before the first epoch. */
  setUp: number
  /** With its evaluation. */
  epoch: number
  /** The model's weight, materialized at the end. */
  model: number
}

/**
 * Seconds on two cores of a server, fitted to what `npm run bench:scaling` measured (docs/dual-form.md): for a multiplication with its addition and a
 * weight's step of SGD, in the first layer and in the smaller ones; for a unit's activation; for whatever else a step does; for a pixel made a float.
 * Other machines are faster in one way than in the other: workers measure theirs (TrainingSpeed).
 */
const FLOAT32 = {
  product: 1.3e-11,
  step: 6.4e-10,
  otherProduct: 4.4e-11,
  otherStep: 1.6e-9,
  activation: 2e-9,
  operations: 1.8e-3,
  pixel: 2.3e-9,
}
const FLOAT64 = { product: 3.5e-11, step: 1.6e-9, otherProduct: 3.2e-11, otherStep: 1.8e-9, activation: 3.9e-8, operations: 1.7e-3 }
const PREPARING = { kernelProduct: 2e-11, kernelEntry: 3.6e-8, product: 2.2e-11, evalProduct: 1.3e-11, drawnWeight: 1.1e-8 }
const MATERIALIZING = { product: 1.1e-11, weight: 1.3e-8, pixel: 1.7e-9 }

/** The first layer over pixels: every step multiplies and updates inputs × units[0] weights. */
export function directSeconds(sizes: TrainingSizes): TrainingSeconds {
  const { images, evalImages, inputs, units } = sizes
  const weights = inputs * (units[0] ?? 0)
  const products = (2 * images + evalImages) * weights * FLOAT32.product // forward and gradient; the input's is not needed
  const first = products + stepsOf(sizes) * weights * FLOAT32.step + (images + evalImages) * inputs * FLOAT32.pixel
  return { setUp: 0, epoch: first + otherSeconds(sizes, FLOAT32), model: 0 }
}

/** In the dual form: X · Xᵀ and X · W₀ first; every step then multiplies and updates images × units[0] coefficients; W₀ + Xᵀ · A at the end. */
export function dualSeconds(sizes: TrainingSizes): TrainingSeconds {
  const { images, evalImages, inputs, units } = sizes
  const [width = 0] = units
  const all = images + evalImages
  const first = all * images * width * FLOAT64.product + stepsOf(sizes) * images * width * FLOAT64.step
  const kernel = all * images * (inputs * PREPARING.kernelProduct + PREPARING.kernelEntry)
  const products = inputs * width * (images * PREPARING.product + evalImages * PREPARING.evalProduct + PREPARING.drawnWeight)
  return {
    setUp: kernel + products,
    epoch: first + otherSeconds(sizes, FLOAT64),
    model: inputs * (width * (images * MATERIALIZING.product + MATERIALIZING.weight) + images * MATERIALIZING.pixel),
  }
}

const stepsOf = ({ images, batchSize }: TrainingSizes): number => stepsPerEpoch(images, batchSize)

/** All layers but the first. */
function otherSeconds(sizes: TrainingSizes, costs: Omit<typeof FLOAT64, 'product' | 'step'>): number {
  const { images, evalImages, units } = sizes
  const weights = units.slice(1).reduce((sum, outputs, i) => sum + outputs * (units[i] ?? 0), 0)
  const activations = (images + evalImages) * units.reduce((sum, width) => sum + width, 0)
  const products = (3 * images + evalImages) * weights * costs.otherProduct
  return products + activations * costs.activation + stepsOf(sizes) * (weights * costs.otherStep + costs.operations)
}

/** Both ways on a machine of this speed, or on the one that the constants were fitted to. */
export function estimatedSeconds(sizes: TrainingSizes, speed: TrainingSpeed | null): Record<FirstLayer, TrainingSeconds> {
  const factors = speed ? speedAt(speed, sizes.units[0] ?? 0) : { direct: 1, dual: 1 }
  return { direct: scaled(directSeconds(sizes), factors.direct), dual: scaled(dualSeconds(sizes), factors.dual) }
}

function scaled({ setUp, epoch, model }: TrainingSeconds, factor: number): TrainingSeconds {
  return { setUp: factor * setUp, epoch: factor * epoch, model: factor * model }
}

type PlannedFields = Pick<ExperimentConfig, 'dataset' | 'imageSize' | 'layerSizes' | 'batchSize' | 'epochs' | 'evaluate' | 'keepModel'>

export function trainingSizes({
  dataset,
  imageSize,
  layerSizes,
  batchSize,
  evaluate,
}: Omit<PlannedFields, 'epochs' | 'keepModel'>): TrainingSizes {
  const counts = SPLIT_COUNTS[dataset]
  const evalImages = evaluate === 'none' ? 0 : counts[evaluate]
  return { images: counts.train, evalImages, inputs: 3 * imageSize ** 2, units: [...layerSizes, CLASSES], batchSize }
}

/** The faster way to compute the first layer of a run, the kernel not yet in the cache; on a machine of this speed, or on the one that the model was fitted to. */
export function planFirstLayer(config: PlannedFields, speed: TrainingSpeed | null = null): FirstLayerPlan {
  const { epochs, keepModel } = config
  const total = ({ setUp, epoch, model }: TrainingSeconds): number => setUp + epochs * epoch + (keepModel === 'none' ? 0 : model)
  const estimated = estimatedSeconds(trainingSizes(config), speed)
  const direct = total(estimated.direct)
  const fault = dualFormObstacle(config)
  if (fault) return { choice: 'direct', reason: `Over the pixels: the dual form ${fault}.`, directSeconds: direct, dualSeconds: null }
  const dual = total(estimated.dual)
  const choice = dual < direct ? 'dual' : 'direct'
  const reason = `About ${formatDuration(dual)} in the dual form and ${formatDuration(direct)} over the pixels, ${speed ? 'by the speed of a live worker' : 'on two cores'}.`
  return { choice, reason, directSeconds: direct, dualSeconds: dual }
}

const formatDuration = (seconds: number): string =>
  seconds < 10 ? `${seconds.toFixed(1)} s` : seconds < 180 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} min`
