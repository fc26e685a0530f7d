import { CLASSES, type ProbeRequest, SPLIT_COUNTS } from '@trainyard/contracts'
import { TRAINER_BASE_BYTES } from './network-cost.ts'

/** Copies alive at once of the images, and of the first weight while it is drawn. */
const IMAGE_COPIES = 3
const FIRST_WEIGHT_COPIES = 2
/** Arrays that a layer leaves behind, with batch norm: of its output's size, on the way forward as on the way back; of inner products. */
const LAYER_OUTPUTS = 16
const BACKWARD_PRODUCTS = 2

/** Peak memory that a probe needs, in bytes: an upper estimate. Networks of a draw go forward together, as the deepest one, and backward one by one. */
export function probeMemoryBytes({ depths, width, imageSize, batchSize, input }: ProbeRequest): number {
  const inputs = 3 * imageSize ** 2
  const deepest = Math.max(...depths)
  const backward = depths.reduce((sum, depth) => sum + depth + 1, 0)
  const weights = FIRST_WEIGHT_COPIES * inputs * Math.max(width, CLASSES) + deepest * width ** 2 + depths.length * width * CLASSES
  const outputs = batchSize * (IMAGE_COPIES * inputs + LAYER_OUTPUTS * (deepest + backward) * Math.max(width, CLASSES))
  const innerProducts = batchSize ** 2 * (1 + deepest + depths.length + BACKWARD_PRODUCTS * backward)
  // as bytes, once in JavaScript and once in TensorFlow
  const images = input === 'randn' ? 0 : 2 * SPLIT_COUNTS[input].train * inputs
  return TRAINER_BASE_BYTES + 4 * (weights + outputs + innerProducts) + images
}
