import {
  add,
  addBias,
  gatherRows,
  matMul,
  multiply,
  reshape,
  type Runtime,
  scalarLike,
  scatterRows,
  sumRows,
  type Tensor,
} from '@trainyard/tensorflow'
import type { Layer, TrainableParameter } from '../layers/layer.ts'
import type { VariableMaker } from '../state/network-variables.ts'
import { DUAL_NAMES } from './dual-names.ts'
import { measureDualWeight } from './dual-norms.ts'
import type { DualSpace } from './dual-space.ts'
import type { MeasureWeight } from '../layers/weight-norms.ts'

/**
 * A network's first linear layer, written in the space of the training images. With images as rows of X (images, inputs), every gradient of its weight is a sum of
 * them, ∂loss/∂W = Xᵀ · G, where G has ∂loss/∂y in the rows of the batch and zeros elsewhere. SGD with momentum only adds such terms, so at every step
 *
 *     W = W₀ + Xᵀ · A      V = Xᵀ · B      B ← momentum · B + G      A ← A − lr · B
 *
 * and a batch b needs no pixels: y = (X · W₀)_b + K_b · A + bias, with K = X · Xᵀ (images, images). It is the same SGD, not an approximation. All of the
 * network is float64 then. The dual form of a layer: Aizerman, Braverman, Rozonoer 1964; Irie, Csordás, Schmidhuber 2022, https://arxiv.org/abs/2202.05798.
 * A base that came with a momentum V₀ is carried on by it: W = W₀ + c · V₀ + Xᵀ · A, where c takes the steps of a parameter whose gradient is 0 and whose
 * velocity was 1 in the beginning.
 */
export interface DualLayer {
  /** Takes images by their number, x (n) int64; gives (n, units) float64. */
  layer: Layer
  /** A, (images, units). */
  weight: TrainableParameter
  measureWeight: MeasureWeight
}

export function dualLayer(
  tf: Runtime,
  space: DualSpace,
  { make, bias }: { make: VariableMaker; bias: TrainableParameter | null },
): DualLayer {
  const { kernel, products, velocityProducts, base } = space
  const [images = 0, units = 0] = [kernel.shape[1], products.shape[1]]
  const coefficients = make.optional(DUAL_NAMES.coefficients, [images, units], { value: 0, velocity: 0 })
  const baseStep = velocityProducts && make.optional(DUAL_NAMES.baseStep, [1], { value: 0, velocity: 1 })
  const parameters = [coefficients, ...(baseStep ? [baseStep] : []), ...(bias ? [bias] : [])]
  const buffers =
    'seed' in base
      ? [make.constant(DUAL_NAMES.seed, [1], Float64Array.of(base.seed))]
      : [
          make.constant(DUAL_NAMES.base, [base.weight.length / units, units], base.weight),
          ...(base.velocity ? [make.constant(DUAL_NAMES.baseVelocity, [base.velocity.length / units, units], base.velocity)] : []),
        ]

  const forward = (x: Tensor): Tensor => {
    const start = gatherRows(tf, [products, x])
    const carried = velocityProducts && baseStep && multiply(tf, [gatherRows(tf, [velocityProducts, x]), baseStep.value.read()])
    const learnt = matMul(tf, [gatherRows(tf, [kernel, x]), coefficients.value.read()]) // K_b · A
    const product = add(tf, [carried ? add(tf, [start, carried]) : start, learnt])
    return bias ? addBias(tf, [product, bias.value.read()]) : product
  }
  return {
    weight: coefficients,
    measureWeight: measureDualWeight(tf, space, { coefficients, baseStep }),
    layer: {
      parameters,
      buffers,
      forward: (x) => ({
        output: forward(x),
        backward: (gradient) => {
          const scattered = scatterRows(tf, [gradient, x], { count: images }) // G
          const gradients = [
            scattered,
            ...(baseStep ? [reshape(tf, scalarLike(tf, gradient, 0), [1])] : []),
            ...(bias ? [sumRows(tf, gradient)] : []),
          ]
          return { input: null, gradients }
        },
      }),
    },
  }
}
