import { addScalar, multiply, reshape, rsqrt, type Runtime, scale, subtract, type Tensor } from '@trainyard/tensorflow'
import { type Affine, affineBackward, affineForward } from './affine.ts'
import type { NormGradients, NormPass } from './norm-pass.ts'
import { type Moments, NORM_EPSILON, standardise, standardiseBackward, statistics } from './standardise.ts'

/** Share of the newest batch in the running averages: PyTorch's default. */
const RUNNING_MOMENTUM = 0.1

/**
 * Every channel by its mean and variance over the batch: c of each, over (n, c) or over images, rows and columns (n, h, w, c).
 * Scale and shift have one number per channel. Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167;
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 */
export function batchNormForward(tf: Runtime, x: Tensor, affine: Affine | null): NormPass {
  const channels = x.shape.at(-1) ?? 0
  const rows = reshape(tf, x, [-1, channels]) // (n · h · w, c)
  const { output: normalised, moments, standard } = standardise(tf, rows, [0])
  const output = affine ? affineForward(tf, normalised, affine) : normalised
  return {
    output: reshape(tf, output, x.shape),
    statistics: () => statistics(tf, moments, { shape: [channels], like: x }),
    normalised,
    standard,
  }
}

export function batchNormBackward(
  tf: Runtime,
  gradient: Tensor,
  { normalised, standard, affine }: Pick<NormPass, 'normalised' | 'standard'> & { affine: Affine | null },
): NormGradients {
  const rows = reshape(tf, gradient, normalised.shape)
  const through = affine && affineBackward(tf, rows, { x: normalised, scale: affine.scale })
  const input = standardiseBackward(tf, through?.input ?? rows, { ...standard, axes: [0] })
  return { input: reshape(tf, input, gradient.shape), affine: through }
}

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
