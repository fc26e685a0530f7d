import {
  gatherColumns,
  gatherRows,
  matMul,
  multiply,
  type Runtime,
  scalarLike,
  sliceRows,
  sum,
  type Tensor,
  toDouble,
  toFloat,
} from '@trainyard/tensorflow'
import type { TrainableParameter } from '../layers/layer.ts'
import type { DualSpace } from './dual-space.ts'
import type { MeasureWeight } from '../layers/weight-norms.ts'

/**
 * Norms of W, V and ∂loss/∂W of a layer in the dual form, without any of the three: ‖W₀ + c·V₀ + Xᵀ·A‖² is ‖W₀ + c·V₀‖² + 2 ⟨X·(W₀ + c·V₀), A⟩ + ⟨A, K·A⟩,
 * likewise of V = d·V₀ + Xᵀ·B, and ‖Xᵀ·G‖² = ⟨G, K·G⟩ with the batch's rows of G alone.
 */
export function measureDualWeight(
  tf: Runtime,
  space: DualSpace,
  { coefficients, velocityScale }: { coefficients: TrainableParameter; velocityScale: TrainableParameter | null },
): MeasureWeight {
  const { kernel, squares, centred } = space
  const rows = { first: 0, count: kernel.shape[1] ?? 0 }

  /** ‖w · W₀ + v · V₀ + Xᵀ · C‖², from what `products` gives for C. */
  const norm = ([withWeight = NaN, withVelocity = NaN, ...ofKernel]: readonly number[], { w, v }: { w: number; v: number }): number => {
    const initial = w ** 2 * squares.weight + 2 * w * v * squares.both + v ** 2 * squares.velocity
    return root(initial + 2 * (w * withWeight + v * withVelocity) + kernelSquare(ofKernel, centred))
  }

  return ({ gradient, x }) => {
    const zero = scalarLike(tf, kernel, 0)
    const initialProducts = sliceRows(tf, space.products, rows)
    const velocityProducts = space.velocityProducts && sliceRows(tf, space.velocityProducts, rows)
    const products = (c: Tensor): Tensor[] => [
      dot(tf, [initialProducts, c]),
      velocityProducts ? dot(tf, [velocityProducts, c]) : zero,
      ...kernelProducts(tf, c, centred),
    ]
    const ofBatch = gatherRows(tf, [gradient, x]) // (n, units)
    const batchKernel = gatherColumns(tf, [gatherRows(tf, [kernel, x]), x]) // (n, n)
    return {
      scalars: [
        ...products(coefficients.value.read()),
        ...products(coefficients.velocity.read()),
        dot(tf, [ofBatch, matMul(tf, [batchKernel, ofBatch])]),
        ...(velocityScale ? [velocityScale.value.read(), velocityScale.velocity.read()] : [zero, zero]),
      ],
      norms: (values) => {
        const [gradientSquare = NaN, scaleNow = NaN, velocityFactor = NaN] = values.slice(2 * PRODUCTS)
        return {
          weight: norm(values.slice(0, PRODUCTS), { w: 1, v: scaleNow }),
          velocity: norm(values.slice(PRODUCTS, 2 * PRODUCTS), { w: 0, v: velocityFactor }),
          gradient: root(gradientSquare),
        }
      },
    }
  }
}

/** Numbers that a norm is made of: with W₀, with V₀, and of the kernel two. */
const PRODUCTS = 4

/**
 * What ⟨C, K·C⟩ is made of, for C (images, units). K·C is float32, which takes half the time, and K has lost its mean: images have most in common, and
 * columns of C that sum up to nearly nothing would lose themselves to rounding there.
 */
function kernelProducts(tf: Runtime, c: Tensor, { kernel }: DualSpace['centred']): [Tensor, Tensor] {
  const through = toDouble(tf, matMul(tf, [kernel, toFloat(tf, c)]))
  const ofColumns = sum(tf, c, [0]) // (1, units)
  return [dot(tf, [c, through]), dot(tf, [ofColumns, ofColumns])]
}

function kernelSquare([through = NaN, ofColumns = NaN]: readonly number[], { mean }: DualSpace['centred']): number {
  return through + mean * ofColumns
}

/** Σ a · b elementwise, of two float64 matrices. */
function dot(tf: Runtime, [a, b]: [Tensor, Tensor]): Tensor {
  return tf.scope(() => sum(tf, multiply(tf, [a, b]), [0, 1]))
}

const root = (squared: number): number => Math.sqrt(Math.max(0, squared)) // rounding may leave less than nothing
