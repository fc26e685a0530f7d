import { halfSquaredNorm, type Runtime, type Tensor } from '@trainyard/tensorflow'
import type { TrainableParameter } from './layer.ts'

/** Frobenius norms of a linear layer's weight, of ∂loss/∂W and of the weight's velocity. */
export interface WeightNorms {
  weight: number
  gradient: number
  velocity: number
}

/** Norms that are still on the device: those of all layers are read back together. */
interface MeasuredWeight {
  /** One number each. */
  scalars: readonly Tensor[]
  /** From those numbers. */
  norms(values: readonly number[]): WeightNorms
}

/** After a step: from the gradient of its own parameter, and from the batch that gave it, (n, inputs) or the images' numbers. */
export type MeasureWeight = (step: { gradient: Tensor; x: Tensor }) => MeasuredWeight

/** Of a weight that is held as it is. */
export function measureParameter(tf: Runtime, { value, velocity }: TrainableParameter): MeasureWeight {
  const root = (half = NaN): number => Math.sqrt(2 * half)
  return ({ gradient }) => ({
    scalars: [value.read(), gradient, velocity.read()].map((x) => halfSquaredNorm(tf, x)),
    norms: ([weight, ofGradient, ofVelocity]) => ({ weight: root(weight), gradient: root(ofGradient), velocity: root(ofVelocity) }),
  })
}
