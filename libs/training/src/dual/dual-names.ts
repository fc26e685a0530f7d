const WEIGHT = 'model.1.weight'

/** What a state holds in place of the first weight where that is in the dual form: W = base + step · baseVelocity + Xᵀ · coefficients. */
export const DUAL_NAMES = {
  weight: WEIGHT,
  /** A (images, units) and its momentum, float64. */
  coefficients: `${WEIGHT}.coefficients`,
  /** The seed that the base is drawn from, float64 (1); or else the base itself and the momentum that it came with, float32 (inputs, units). */
  seed: `${WEIGHT}.seed`,
  base: `${WEIGHT}.base`,
  baseVelocity: `${WEIGHT}.base_velocity`,
  /** How far that momentum has carried the base on, float64 (1). */
  baseStep: `${WEIGHT}.base_step`,
} as const
