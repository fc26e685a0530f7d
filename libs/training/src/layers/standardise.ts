import {
  add,
  addScalar,
  castLike,
  mean,
  multiply,
  reshape,
  rsqrt,
  type Runtime,
  square,
  subtract,
  type Tensor,
  toDouble,
} from '@trainyard/tensorflow'

/** PyTorch's default of all its normalisations, 1e-5, as float32 has it: another rounding would change every normed run's bits. */
export const NORM_EPSILON = Math.fround(1e-5)

/** What the backward needs, in float64. */
export interface Standard {
  /** x̂, in the shape of x */
  normalised: Tensor
  /** 1 / √(variance + ε), its axes kept as 1 */
  inverseStd: Tensor
}

export interface Standardised {
  /** x̂, in the shape of x */
  output: Tensor
  /** In float64, one per group of numbers, its axes kept as 1; the variance is biased: divided by the count. */
  moments: Moments
  standard: Standard
}

export interface Moments {
  mean: Tensor
  variance: Tensor
}

/**
 * x̂ = (x − mean) / √(variance + ε), mean and biased variance over `axes`. In float64 inside: numbers that hardly vary are scaled up by as much as
 * 1 / √ε = 316, and rounding with them, which can flip a later ReLU.
 */
export function standardise(tf: Runtime, x: Tensor, axes: readonly number[]): Standardised {
  const exact = toDouble(tf, x)
  const average = mean(tf, exact, axes)
  const centred = subtract(tf, [exact, average])
  const variance = mean(tf, square(tf, centred), axes)
  const inverseStd = rsqrt(tf, addScalar(tf, variance, NORM_EPSILON))
  const normalised = multiply(tf, [centred, inverseStd])
  return { output: castLike(tf, normalised, x), moments: { mean: average, variance }, standard: { normalised, inverseStd } }
}

/**
 * ∂x = (∂x̂ − mean(∂x̂) − x̂ · mean(∂x̂ · x̂)) / √(variance + ε), means over `axes`: both mean and variance depend on x.
 * Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167, section 3, simplified.
 */
export function standardiseBackward(
  tf: Runtime,
  gradient: Tensor,
  { normalised, inverseStd, axes }: Standard & { axes: readonly number[] },
): Tensor {
  const exact = toDouble(tf, gradient)
  const along = multiply(tf, [normalised, mean(tf, multiply(tf, [exact, normalised]), axes)])
  const centred = subtract(tf, [exact, add(tf, [mean(tf, exact, axes), along])])
  return castLike(tf, multiply(tf, [centred, inverseStd]), gradient)
}

/** The moments in a shape of their own, and in the type of what they are of. */
export function statistics(
  tf: Runtime,
  { mean: average, variance }: Moments,
  { shape, like }: { shape: readonly number[]; like: Tensor },
): Moments {
  const one = (moment: Tensor): Tensor => reshape(tf, castLike(tf, moment, like), shape)
  return { mean: one(average), variance: one(variance) }
}
