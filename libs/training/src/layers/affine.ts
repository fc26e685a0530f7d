import { addBias, multiply, type Runtime, sumRows, type Tensor } from '@trainyard/tensorflow'

/** A norm's learnable scale (γ) and shift (β), one number of each per column. */
export interface Affine {
  scale: Tensor
  shift: Tensor
}

/** y = x̂ · γ + β: (rows, columns) → (rows, columns). */
export function affineForward(tf: Runtime, x: Tensor, { scale, shift }: Affine): Tensor {
  return addBias(tf, [multiply(tf, [x, scale]), shift])
}

/** ∂x̂ = ∂y · γ, ∂γ = Σ over rows of ∂y · x̂, ∂β = Σ over rows of ∂y. */
export function affineBackward(tf: Runtime, gradient: Tensor, { x, scale }: { x: Tensor; scale: Tensor }): Affine & { input: Tensor } {
  return {
    input: multiply(tf, [gradient, scale]),
    scale: sumRows(tf, multiply(tf, [gradient, x])),
    shift: sumRows(tf, gradient),
  }
}
