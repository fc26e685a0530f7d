import { addScalar, multiply, reshape, rsqrt, type Runtime, scale, subtract, type Tensor } from '@trainyard/tensorflow'
import { type Affine, affineForward } from './affine.ts'
import { type Moments, NORM_EPSILON } from './standardise.ts'

/** Share of the newest batch in the running averages: PyTorch's default. */
const RUNNING_MOMENTUM = 0.1

/**
 * running ← 0.9 · running + 0.1 · batch, (c) each; the batch's variance unbiased, divided by count − 1, as PyTorch does. `count` numbers per
 * channel.
 */
export function updatedAverages(tf: Runtime, running: Moments, { mean, variance, count }: Moments & { count: number }): Moments {
  const blend = (old: Tensor, now: Tensor): Tensor =>
    // old − 0.1 · (old − now)
    subtract(tf, [old, scale(tf, subtract(tf, [old, now]), RUNNING_MOMENTUM)])
  return { mean: blend(running.mean, mean), variance: blend(running.variance, scale(tf, variance, count / (count - 1))) }
}

/** Evaluation: every channel by its running averages, whatever else is in the batch. */
export function batchNormEvaluate(tf: Runtime, x: Tensor, { running, affine }: { running: Moments; affine: Affine | null }): Tensor {
  const rows = reshape(tf, x, [-1, x.shape.at(-1) ?? 0])
  const inverseStd = rsqrt(tf, addScalar(tf, running.variance, NORM_EPSILON))
  const normalised = multiply(tf, [subtract(tf, [rows, running.mean]), inverseStd])
  return reshape(tf, affine ? affineForward(tf, normalised, affine) : normalised, x.shape)
}
