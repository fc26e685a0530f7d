import { CLASSES, type SpeedAtWidth, stepsPerEpoch, type TrainingSpeed } from '@trainyard/contracts'
import { directSeconds, dualSeconds, type TrainingSizes } from '@trainyard/planning'
import { type Runtime, wholeNumbers } from '@trainyard/tensorflow'
import { createNetwork, type Network } from '../network/network.ts'
import { yieldToEventLoop } from '../data/yield-to-event-loop.ts'
import { type BatchSource, deviceImages, type DeviceImages } from '../data/device-images.ts'
import { createDualSpace } from '../dual/dual-space.ts'

/** Near to where both ways are level: there it matters most which one is said to be faster. */
const WIDTHS = [64, 1024]
const IMAGE_SIZE = 40
const BATCH_SIZE = 64
const HIDDEN_LAYERS = 3
/** As many train images as Flowers102 has; a few batches of them are used. */
const IMAGES = 1020
const WARM_STEPS = 3
const STEPS = 8

/** Times a few steps of both ways to compute the first layer, and puts them beside the cost model's: some tenths of a second in all. */
export async function measureSpeed(tf: Runtime, { signal }: { signal?: AbortSignal } = {}): Promise<TrainingSpeed> {
  const images = blankImages(tf, 3 * IMAGE_SIZE ** 2)
  const few = blankImages(tf, 3) // an epoch in the dual form does not depend on the size of the images
  const kernel = tf.doubles(new Float64Array(IMAGES * IMAGES), [IMAGES, IMAGES])
  try {
    const measured: SpeedAtWidth[] = []
    for (const width of WIDTHS) {
      const sizes = { images: IMAGES, evalImages: 0, inputs: images.inputs, units: unitsOf(width), batchSize: BATCH_SIZE }
      const over = (seconds: number, model: { epoch: number }): number => (stepsPerEpoch(IMAGES, BATCH_SIZE) * seconds) / model.epoch
      const direct = createNetwork(tf, shapeOf(sizes), { seed: 0 })
      const directStep = await fastestStep(tf, { network: direct, images, signal })
      const small = { ...sizes, inputs: few.inputs }
      const space = await createDualSpace(tf, { trainImages: few, evalImages: null, kernel, units: width, start: { seed: 0 }, signal })
      const dual = createNetwork(tf, shapeOf(small), { seed: 0, space })
      const dualStep = await fastestStep(tf, { network: dual, images: space.train, signal }).finally(() => space.dispose())
      measured.push({ width, direct: over(directStep, directSeconds(sizes)), dual: over(dualStep, dualSeconds(sizes)) })
    }
    return measured
  } finally {
    tf.dispose(kernel)
    images.dispose()
    few.dispose()
  }
}

const unitsOf = (width: number): number[] => [...Array.from({ length: HIDDEN_LAYERS }, () => width), CLASSES]
const shapeOf = ({ inputs, units }: TrainingSizes) => ({ inputs, layerSizes: units.slice(0, -1), classes: CLASSES, bias: true, norm: null })

function blankImages(tf: Runtime, inputs: number): DeviceImages {
  return deviceImages(tf, { pixels: new Uint8Array(IMAGES * inputs), labels: new Uint8Array(IMAGES), inputs })
}

/** In seconds; the fastest one, because a busy machine only ever slows one down. Disposes of the network. */
async function fastestStep(
  tf: Runtime,
  { network, images, signal }: { network: Network; images: BatchSource; signal: AbortSignal | undefined },
): Promise<number> {
  const indices = wholeNumbers(
    tf,
    Array.from({ length: BATCH_SIZE }, (_, i) => i),
  )
  let fastest = Infinity
  try {
    for (let step = -WARM_STEPS; step < STEPS; step++) {
      signal?.throwIfAborted()
      const startMs = performance.now()
      tf.scope(() => {
        const { x, labels } = images.batch(indices)
        const { losses, gradients } = network.backward(x, labels)
        network.step(gradients, { lr: 1e-4, momentum: 0.9 })
        tf.readNumbers(losses)
      })
      if (step >= 0) fastest = Math.min(fastest, (performance.now() - startMs) / 1000)
      await yieldToEventLoop()
    }
    return fastest
  } finally {
    network.dispose()
    tf.dispose(indices)
  }
}
