import type { Runtime, Tensor, Variable } from '@trainyard/tensorflow'
import { frobeniusNorm } from './frobenius-norm.ts'
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
  const normOf = (variable: Variable): number => tf.scope(() => frobeniusNorm(tf, variable.read()))
  return ({ gradient }) => ({ weight: normOf(value), gradient: frobeniusNorm(tf, gradient), velocity: normOf(velocity) })
}
