import { reshape, type Runtime, type Tensor } from '@trainyard/tensorflow'
import { type Affine, affineBackward, affineForward } from './affine.ts'
import type { NormGradients, NormPass } from './norm-pass.ts'
import { standardise, standardiseBackward, statistics } from './standardise.ts'

/** Of a view (n, positions, groups, channels of a group). */
const AXES = [1, 3]

/**
 * Every group of `groupSize` neighbouring channels of a sample by its own mean and variance: n × (c / groupSize) of each, over (n, c) or (n, h, w, c).
 * Scale and shift have one number per channel. Wu and He 2018, https://arxiv.org/abs/1803.08494;
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html, whose num_groups is c / groupSize
 */
export function groupNormForward(tf: Runtime, x: Tensor, { groupSize, affine }: { groupSize: number; affine: Affine | null }): NormPass {
  const n = x.shape[0] ?? 0
  const channels = x.shape.at(-1) ?? 0
  const groups = channels / groupSize
  const { output: grouped, moments, standard } = standardise(tf, reshape(tf, x, [n, -1, groups, groupSize]), AXES)
  const normalised = reshape(tf, grouped, [-1, channels]) // (n · positions, channels)
  const output = affine ? affineForward(tf, normalised, affine) : normalised
  return {
    output: reshape(tf, output, x.shape),
    statistics: () => statistics(tf, moments, { shape: [n, groups], like: x }),
    normalised,
    standard,
  }
}

export function groupNormBackward(
  tf: Runtime,
  gradient: Tensor,
  { normalised, standard, affine }: Pick<NormPass, 'normalised' | 'standard'> & { affine: Affine | null },
): NormGradients {
  const rows = reshape(tf, gradient, normalised.shape)
  const through = affine && affineBackward(tf, rows, { x: normalised, scale: affine.scale })
  const grouped = reshape(tf, through?.input ?? rows, standard.normalised.shape)
  const input = standardiseBackward(tf, grouped, { ...standard, axes: AXES })
  return { input: reshape(tf, input, gradient.shape), affine: through }
}
