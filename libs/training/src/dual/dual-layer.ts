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
 * A network's first linear layer, in the dual form: written in terms of the training images. With images as rows of X (images, inputs), every gradient of its weight is a sum of
 * them, ∂loss/∂W = Xᵀ · G, where G has ∂loss/∂y in the rows of the batch and zeros elsewhere. SGD with momentum only adds such terms, so at every step
 *
 *     W = W₀ + Xᵀ · A      V = Xᵀ · B      B ← momentum · B + G      A ← A − lr · B
 *
 * and a batch b needs no pixels: y = (X · W₀)_b + K_b · A + bias, with K = X · Xᵀ (images, images). It is the same SGD, not an approximation. All of the
 * network is float64 then. The dual form of a layer: Aizerman, Braverman, Rozonoer 1964; Irie, Csordás, Schmidhuber 2022, https://arxiv.org/abs/2202.05798.
 * A W₀ that came with a momentum V₀ keeps moving by it: W = W₀ + c · V₀ + Xᵀ · A, where c, the velocity's scale, takes the steps of a parameter whose gradient is 0 and whose
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
  const { kernel, products, velocityProducts, initial } = space
  const [images = 0, units = 0] = [kernel.shape[1], products.shape[1]]
  const coefficients = make.optional(DUAL_NAMES.coefficients, [images, units], { value: 0, velocity: 0 })
  const velocityScale = velocityProducts && make.optional(DUAL_NAMES.initialVelocityScale, [1], { value: 0, velocity: 1 })
  const parameters = [coefficients, ...(velocityScale ? [velocityScale] : []), ...(bias ? [bias] : [])]
  const buffers =
    'seed' in initial
      ? [make.constant(DUAL_NAMES.seed, [1], Float64Array.of(initial.seed))]
      : [
          make.constant(DUAL_NAMES.initialWeight, [initial.weight.length / units, units], initial.weight),
          ...(initial.velocity
            ? [make.constant(DUAL_NAMES.initialVelocity, [initial.velocity.length / units, units], initial.velocity)]
            : []),
        ]

  const forward = (x: Tensor): Tensor => {
    const start = gatherRows(tf, [products, x])
    const velocityShare =
      velocityProducts && velocityScale && multiply(tf, [gatherRows(tf, [velocityProducts, x]), velocityScale.value.read()])
    const trained = matMul(tf, [gatherRows(tf, [kernel, x]), coefficients.value.read()]) // K_b · A
    const product = add(tf, [velocityShare ? add(tf, [start, velocityShare]) : start, trained])
    return bias ? addBias(tf, [product, bias.value.read()]) : product
  }
  return {
    weight: coefficients,
    measureWeight: measureDualWeight(tf, space, { coefficients, velocityScale }),
    layer: {
      parameters,
      buffers,
      forward: (x) => ({
        output: forward(x),
        backward: (gradient) => {
          const scattered = scatterRows(tf, [gradient, x], { count: images }) // G
          const gradients = [
            scattered,
            ...(velocityScale ? [reshape(tf, scalarLike(tf, gradient, 0), [1])] : []),
            ...(bias ? [sumRows(tf, gradient)] : []),
          ]
          return { input: null, gradients }
        },
      }),
    },
  }
}
