import {
  gatherColumns,
  gatherRows,
  matMul,
  multiply,
  type Runtime,
  sliceRows,
  sum,
  type Tensor,
  toDouble,
  toFloat,
} from '@trainyard/tensorflow'
import type { TrainableParameter } from './layer.ts'
import type { SampleSpace } from './sample-space.ts'
import type { MeasureWeight } from './weight-norms.ts'

/**
 * Norms of W, V and ∂loss/∂W of a layer in sample space, without any of the three: ‖W₀ + c·V₀ + Xᵀ·A‖² is ‖W₀ + c·V₀‖² + 2 ⟨X·(W₀ + c·V₀), A⟩ + ⟨A, K·A⟩,
 * likewise of V = d·V₀ + Xᵀ·B, and ‖Xᵀ·G‖² = ⟨G, K·G⟩ with the batch's rows of G alone.
 */
export function measureSample(
  tf: Runtime,
  space: SampleSpace,
  { coefficients, baseStep }: { coefficients: TrainableParameter; baseStep: TrainableParameter | null },
): MeasureWeight {
  const { kernel, squares } = space
  const rows = { first: 0, count: kernel.shape[1] ?? 0 }
  const read = (scalar: Tensor): number => tf.readDoubles(scalar)[0] ?? NaN

  /** ‖w · W₀ + v · V₀ + Xᵀ · C‖² */
  const squaredNorm = (c: Tensor, { w, v }: { w: number; v: number }): number => {
    const { products, velocityProducts } = space
    const base = w ** 2 * squares.weight + 2 * w * v * squares.both + v ** 2 * squares.velocity
    const crossWeight = w === 0 ? 0 : w * dot(tf, [sliceRows(tf, products, rows), c])
    const crossVelocity = v === 0 || !velocityProducts ? 0 : v * dot(tf, [sliceRows(tf, velocityProducts, rows), c])
    return base + 2 * (crossWeight + crossVelocity) + kernelSquare(tf, c, space.centred)
  }

  return ({ gradient, x }) => {
    const norms = { weight: NaN, gradient: NaN, velocity: NaN }
    tf.scope(() => {
      const step = baseStep ? read(baseStep.value.read()) : 0
      const carry = baseStep ? read(baseStep.velocity.read()) : 0
      const ofBatch = gatherRows(tf, [gradient, x]) // (n, units)
      const batchKernel = gatherColumns(tf, [gatherRows(tf, [kernel, x]), x]) // (n, n)
      norms.weight = root(squaredNorm(coefficients.value.read(), { w: 1, v: step }))
      norms.velocity = root(squaredNorm(coefficients.velocity.read(), { w: 0, v: carry }))
      norms.gradient = root(dot(tf, [ofBatch, matMul(tf, [batchKernel, ofBatch])]))
    })
    return norms
  }
}

/**
 * ⟨C, K·C⟩ for C (images, units). K·C is float32, which takes half the time, and K has lost its mean: images have most in common, and columns of C that
 * sum up to nearly nothing would lose themselves to rounding there.
 */
function kernelSquare(tf: Runtime, c: Tensor, { kernel, mean }: SampleSpace['centred']): number {
  const through = toDouble(tf, matMul(tf, [kernel, toFloat(tf, c)]))
  const ofColumns = sum(tf, c, [0]) // (1, units)
  return dot(tf, [c, through]) + mean * dot(tf, [ofColumns, ofColumns])
}

/** Σ a · b elementwise, of two float64 matrices. */
function dot(tf: Runtime, [a, b]: [Tensor, Tensor]): number {
  return tf.scope(() => tf.readDoubles(sum(tf, multiply(tf, [a, b]), [0, 1]))[0] ?? NaN)
}

const root = (squared: number): number => Math.sqrt(Math.max(0, squared)) // rounding may leave less than nothing
