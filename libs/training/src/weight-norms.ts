import { halfSquaredNorm, type Runtime, type Tensor } from '@trainyard/tensorflow'
import type { TrainableParameter } from './layer.ts'

/** Frobenius norms of a linear layer's weight, of ∂loss/∂W and of the weight's velocity. */
export interface WeightNorms {
  weight: number
  gradient: number
  velocity: number
}

/** After a step: from the gradient of its own parameter, and from the batch that gave it, (n, inputs) or the images' numbers. */
export type MeasureWeight = (step: { gradient: Tensor; x: Tensor }) => WeightNorms

/** Of a weight that is held as it is. */
export function measureParameter(tf: Runtime, { value, velocity }: TrainableParameter): MeasureWeight {
  return ({ gradient }) => ({
    weight: normOf(tf, () => value.read()),
    gradient: normOf(tf, () => gradient),
    velocity: normOf(tf, () => velocity.read()),
  })
}

function normOf(tf: Runtime, of: () => Tensor): number {
  const found: number[] = []
  tf.scope(() => void found.push(...tf.readFloats(halfSquaredNorm(tf, of()))))
  return Math.sqrt(2 * (found[0] ?? NaN))
}
