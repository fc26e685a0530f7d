import { reshape, type Runtime, type Tensor } from '@trainyard/tensorflow'
import { type Affine, affineBackward, affineForward } from './affine.ts'
import { type Moments, type Standard, standardise, standardiseBackward, statistics } from './standardise.ts'

export interface NormKind {
  type: 'batch' | 'layer' | 'group'
  /** Channels per group, for group norm. */
  groupSize: number
}

/** What a norm's forward gives. */
export interface NormPass {
  output: Tensor
  /** Mean and biased variance, one number per normalised group: batch (c), layer (n), group (n, c / groupSize). */
  statistics(): Moments
  /** For the backward: x̂ as (rows, columns), and what it came from. */
  normalised: Tensor
  standard: Standard
  axes: readonly number[]
}

export interface NormGradients {
  input: Tensor
  affine: Affine | null
}

interface NormView {
  /** x in a shape in which the numbers along `axes` share a mean and a variance. */
  grouped: readonly number[]
  axes: readonly number[]
  /** (rows, columns), with a scale and a shift for each column. */
  rows: readonly number[]
  /** Of the means, and of the variances. */
  statistics: readonly number[]
}

/** Each norm is the same arithmetic on another view of x, (n, c) or (n, h, w, c). */
function viewOf({ shape }: Tensor, { type, groupSize }: NormKind): NormView {
  const [n = 0, channels = 0] = [shape[0], shape.at(-1)]
  // every channel over the batch: Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167;
  // https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
  if (type === 'batch') return { grouped: [-1, channels], axes: [0], rows: [-1, channels], statistics: [channels] }
  // every sample over all its numbers: Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450;
  // https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
  if (type === 'layer') return { grouped: [n, -1], axes: [1], rows: [n, -1], statistics: [n] }
  // every group of neighbouring channels of a sample: Wu and He 2018, https://arxiv.org/abs/1803.08494;
  // https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html, whose num_groups is c / groupSize
  const groups = channels / groupSize
  return { grouped: [n, -1, groups, groupSize], axes: [1, 3], rows: [-1, channels], statistics: [n, groups] }
}

export function normForward(tf: Runtime, x: Tensor, { affine, ...kind }: NormKind & { affine: Affine | null }): NormPass {
  const view = viewOf(x, kind)
  const { output: grouped, moments, standard } = standardise(tf, reshape(tf, x, view.grouped), view.axes)
  const normalised = reshape(tf, grouped, view.rows)
  const output = affine ? affineForward(tf, normalised, affine) : normalised
  return {
    output: reshape(tf, output, x.shape),
    statistics: () => statistics(tf, moments, { shape: view.statistics, like: x }),
    normalised,
    standard,
    axes: view.axes,
  }
}

export function normBackward(
  tf: Runtime,
  gradient: Tensor,
  { normalised, standard, axes, affine }: Omit<NormPass, 'output' | 'statistics'> & { affine: Affine | null },
): NormGradients {
  const rows = reshape(tf, gradient, normalised.shape)
  const through = affine && affineBackward(tf, rows, { x: normalised, scale: affine.scale })
  const grouped = reshape(tf, through?.input ?? rows, standard.normalised.shape)
  const input = standardiseBackward(tf, grouped, { ...standard, axes })
  return { input: reshape(tf, input, gradient.shape), affine: through }
}
