import { randomStream } from '@trainyard/random'
import type { Runtime } from '@trainyard/tensorflow'
import { type EpochResult, gramMatrix, type NormShape, deviceImages, type DeviceImages, train, type SavedState } from '@trainyard/training'
import { z } from 'zod'

const INPUTS = 3 * 20 * 20
const IMAGES = 200
const CLASSES = 10
export const EPOCHS = 4

export const ShortRun = z.object({
  norm: z.enum(['none', 'batch', 'layer', 'group']),
  firstLayer: z.enum(['direct', 'dual']),
})
export type ShortRun = z.infer<typeof ShortRun>

export const ShortRunResult = z.object({
  steps: z.array(z.number()),
  evalLosses: z.array(z.number()),
  accuracies: z.array(z.number()),
  hashes: z.array(z.string()),
})
export type ShortRunResult = z.infer<typeof ShortRunResult>

export const allRuns: readonly ShortRun[] = ShortRun.shape.norm.options.flatMap((norm) =>
  ShortRun.shape.firstLayer.options.map((firstLayer) => ({ norm, firstLayer })),
)

/** One pattern for each class under noise: learnable, and no two images alike. */
function patterns(tf: Runtime): DeviceImages {
  const random = randomStream(9, 'order')
  const base = Uint8Array.from({ length: CLASSES * INPUTS }, () => random.below(192))
  const labels = Uint8Array.from({ length: IMAGES }, (_, i) => i % CLASSES)
  const pixels = Uint8Array.from(
    { length: IMAGES * INPUTS },
    (_, i) => (base[((Math.floor(i / INPUTS) % CLASSES) * INPUTS + (i % INPUTS)) | 0] ?? 0) + random.below(64),
  )
  return deviceImages(tf, { pixels, labels, inputs: INPUTS })
}

const normOf = (norm: ShortRun['norm']): NormShape | null =>
  norm === 'none' ? null : { type: norm, position: 'before', affine: true, groupSize: 16 }

interface Hooks {
  start?: SavedState
  onEpochEnd?: (result: EpochResult, state: { read(): SavedState }) => void
}

/** A few epochs of a small network of each kind, with everything that a run of the service records. */
export async function shortRun(tf: Runtime, { norm, firstLayer }: ShortRun, { start, onEpochEnd }: Hooks = {}): Promise<ShortRunResult> {
  const images = patterns(tf)
  const kernel = firstLayer === 'dual' ? await kernelOf(tf, images) : null
  const steps: number[] = []
  try {
    const history = await train(tf, {
      shape: { inputs: INPUTS, layerSizes: [64, 48], classes: CLASSES, bias: true, norm: normOf(norm) },
      ...{ trainImages: images, evalImages: images, kernel, batchSize: 32, epochs: EPOCHS, lr: 0.02, momentum: 0.9, seed: 5 },
      ...(start && { start }),
      recordLayers: true,
      callbacks: [{ onSteps: ({ losses }) => void steps.push(...losses), ...(onEpochEnd && { onEpochEnd }) }],
    })
    return {
      steps,
      evalLosses: history.map(({ evalLoss }) => evalLoss ?? NaN),
      accuracies: history.map(({ accuracy }) => accuracy),
      hashes: history.map(({ hashes }) => hashes.weightsHash),
    }
  } finally {
    images.dispose()
    if (kernel) tf.dispose(kernel)
  }
}

/** Rows for the train images and, below them, for the evaluated ones, which are the same here. */
async function kernelOf(tf: Runtime, images: DeviceImages) {
  const products = (await gramMatrix(tf, { rows: images, columns: images })).map((product) => product / 255 ** 2)
  return tf.doubles(Float64Array.of(...products, ...products), [2 * IMAGES, IMAGES])
}
