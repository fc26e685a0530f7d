import { reshape, type Runtime, type Tensor } from '@trainyard/tensorflow'
import { type Affine, affineBackward, affineForward } from './affine.ts'
import type { NormGradients, NormPass } from './norm-pass.ts'
import { standardise, standardiseBackward, statistics } from './standardise.ts'

/**
 * Every sample by the mean and variance of all its own numbers: n of each, over units (n, units) or over rows, columns and channels (n, h, w, c).
 * Scale and shift have one number per unit of a sample. Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450;
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 */
export function layerNormForward(tf: Runtime, x: Tensor, affine: Affine | null): NormPass {
  const n = x.shape[0] ?? 0
  const flat = reshape(tf, x, [n, -1]) // (n, numbers of one sample)
  const { output: normalised, moments, standard } = standardise(tf, flat, [1])
  const output = affine ? affineForward(tf, normalised, affine) : normalised
  return { output: reshape(tf, output, x.shape), statistics: () => statistics(tf, moments, { shape: [n], like: x }), normalised, standard }
}

export function layerNormBackward(
  tf: Runtime,
  gradient: Tensor,
  { normalised, standard, affine }: Pick<NormPass, 'normalised' | 'standard'> & { affine: Affine | null },
): NormGradients {
  const flat = reshape(tf, gradient, normalised.shape)
  const through = affine && affineBackward(tf, flat, { x: normalised, scale: affine.scale })
  const input = standardiseBackward(tf, through?.input ?? flat, { ...standard, axes: [1] })
  return { input: reshape(tf, input, gradient.shape), affine: through }
}
