import {
  add,
  addScalar,
  halfSquaredNorm,
  longs,
  matMul,
  mean,
  multiply,
  type Runtime,
  scale,
  sliceRows,
  stackRows,
  sum,
  type Tensor,
  toDouble,
  toFloat,
} from '@trainyard/tensorflow'
import { initialWeightOf, initialWeightRows, type InitialWeight, arrayRows } from './initial-weight.ts'
import { type ChunkHooks, forEachChunk } from '../data/chunks.ts'
import type { NetworkStart } from '../state/network-variables.ts'
import type { BatchSource, DeviceImages } from '../data/device-images.ts'
import { type RunningSum, runningSum } from '../data/running-sum.ts'

/** The largest byte: pixels are stored as 0 … 255 and trained on as 0 … 1. */
export const PIXEL_MAX = 255
/** Inputs at once: what is multiplied is never there as a whole, neither the pixels as floats nor the initial weight. */
export const INPUT_CHUNK = 4096

/** All that the loop needs of images X and of the initial weight W₀, once their products are known; float64. See docs/dual-form.md. */
export interface DualSpace {
  /** A batch is the images' numbers, x (n) int64: rows of the kernel, the train images first. */
  train: BatchSource
  evaluation: BatchSource | null
  /** X · Xᵀ: a row for each image, train and evaluated, a column for each train image. The caller's. */
  kernel: Tensor
  /** X · W₀, (images, units). */
  products: Tensor
  /** X · V₀, of the momentum that the initial weight came with; null: it had none. */
  velocityProducts: Tensor | null
  /** The train images' rows of the kernel without their mean, float32. */
  centred: { kernel: Tensor; mean: number }
  initial: InitialWeight
  /** ‖W₀‖², ⟨W₀, V₀⟩ and ‖V₀‖². */
  squares: InitialSquares
  dispose(): void
}

interface InitialSquares {
  weight: number
  both: number
  velocity: number
}

export interface DualSpaceOptions extends ChunkHooks {
  trainImages: DeviceImages
  evalImages: DeviceImages | null
  kernel: Tensor
  /** Of the first layer. */
  units: number
  start: NetworkStart
}

export async function createDualSpace(tf: Runtime, options: DualSpaceOptions): Promise<DualSpace> {
  const { trainImages, evalImages, kernel, units, start, onProgress, signal } = options
  const initial = initialWeightOf(start)
  const velocity = 'seed' in initial ? null : initial.velocity
  const shape = { inputs: trainImages.inputs, units }
  const splits = evalImages ? [trainImages, evalImages] : [trainImages]
  const products = splits.map(() => runningSum(tf))
  const velocityProducts = velocity && splits.map(() => runningSum(tf))
  const squares = { weight: 0, both: 0, velocity: 0 }
  try {
    await forEachChunk({ total: shape.inputs, size: INPUT_CHUNK, onProgress, signal }, (chunk) =>
      tf.scope(() => {
        const weightRows = initialWeightRows(tf, initial, { ...chunk, ...shape }) // (inputs, units)
        const velocityRows = velocity && arrayRows(tf, velocity, { ...chunk, ...shape })
        addSquares(tf, squares, { weight: weightRows, velocity: velocityRows })
        splits.forEach((images, split) => {
          const pixels = images.pixels(chunk) // (images, inputs)
          const through = images === trainImages ? exactProduct : roundedProduct
          products[split]?.add(through(tf, [pixels, weightRows]))
          if (velocityRows) velocityProducts?.[split]?.add(through(tf, [pixels, velocityRows]))
        })
      }),
    )
    const whole = { products: stack(tf, products), velocityProducts: velocityProducts && stack(tf, velocityProducts) }
    const centred = centre(tf, kernel)
    return {
      train: numbered(tf, trainImages, 0),
      evaluation: evalImages && numbered(tf, evalImages, trainImages.count),
      kernel,
      centred,
      initial,
      squares,
      ...whole,
      dispose: () => tf.dispose(centred.kernel, whole.products, whole.velocityProducts),
    }
  } finally {
    for (const total of [...products, ...(velocityProducts ?? [])]) total.dispose()
  }
}

/** Of float32 operands. */
const exactProduct = (tf: Runtime, [a, b]: [Tensor, Tensor]): Tensor => matMul(tf, [toDouble(tf, a), toDouble(tf, b)])
/** The same rounded to float32: evaluated images train nothing, and their product takes a quarter of the time so. */
const roundedProduct = (tf: Runtime, operands: [Tensor, Tensor]): Tensor => toDouble(tf, matMul(tf, operands))

function addSquares(tf: Runtime, squares: InitialSquares, { weight, velocity }: { weight: Tensor; velocity: Tensor | null }): void {
  const read = (scalar: Tensor): number => tf.readFloats(scalar)[0] ?? NaN
  squares.weight += 2 * read(halfSquaredNorm(tf, weight))
  if (!velocity) return
  squares.velocity += 2 * read(halfSquaredNorm(tf, velocity))
  squares.both += read(sum(tf, multiply(tf, [weight, velocity]), [0, 1]))
}

/** The splits' sums one below the other, divided by 255 as their pixels are. */
function stack(tf: Runtime, sums: readonly RunningSum[]): Tensor {
  return tf.scope(() => {
    const [first, ...rest] = sums.map((total) => total.value())
    if (!first) throw new Error('No split was multiplied')
    return scale(tf, stackRows(tf, [first, ...rest]), 1 / PIXEL_MAX)
  })
}

function centre(tf: Runtime, kernel: Tensor): DualSpace['centred'] {
  const train = sliceRows(tf, kernel, { first: 0, count: kernel.shape[1] ?? 0 })
  const average = tf.scope(() => tf.readDoubles(mean(tf, train, [0, 1]))[0] ?? NaN)
  const centred = tf.scope(() => toFloat(tf, addScalar(tf, train, -average)))
  tf.dispose(train)
  return { kernel: centred, mean: average }
}

function numbered(tf: Runtime, images: DeviceImages, offset: number): BatchSource {
  return {
    count: images.count,
    labelsOf: (indices) => images.labelsOf(indices),
    batch: (indices) => ({ x: offset > 0 ? add(tf, [indices, longs(tf, [offset])]) : indices, labels: images.labels(indices) }),
  }
}
