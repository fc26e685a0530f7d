const WEIGHT = 'model.1.weight'

/**
 * What a state holds in place of the first weight where that is in the dual form: W = initial weight + scale · initial velocity + Xᵀ · coefficients.
 * The names are hashed with the weights: another name would change a run's weightsHash.
 */
export const DUAL_NAMES = {
  weight: WEIGHT,
  /** A (images, units) and its momentum, float64. */
  coefficients: `${WEIGHT}.coefficients`,
  /** The seed that the initial weight is drawn from, float64 (1); or else that weight and the momentum that it came with, float32 (inputs, units). */
  seed: `${WEIGHT}.seed`,
  initialWeight: `${WEIGHT}.base`,
  initialVelocity: `${WEIGHT}.base_velocity`,
  /** How much of that momentum has been added to the weight, float64 (1). */
  initialVelocityScale: `${WEIGHT}.base_step`,
} as const
