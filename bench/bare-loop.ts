import { CLASSES, type NormType } from '@trainyard/contracts'
import type { Runtime, Tensor } from '@trainyard/tensorflow'
import { type DeviceImages, train, type TrainingCallbacks } from '@trainyard/training'

/** Of the notebook's images, 128 × 128. */
export const INPUTS = 3 * 128 * 128
export const LR = 1e-4

interface BareLoop {
  norm: NormType
  recordLayers?: boolean
  /** In the dual form. */
  kernel?: Tensor
  epochs: number
  callbacks?: TrainingCallbacks
}

/** The notebook's network trained without a service around it: seconds of every epoch but the first, which warms up. */
export async function bareLoop(tf: Runtime, trainImages: DeviceImages, loop: BareLoop): Promise<number[]> {
  const { norm, recordLayers = false, kernel = null, epochs, callbacks = {} } = loop
  const ends: number[] = []
  const shape = norm === 'none' ? null : ({ type: norm, position: 'before', affine: true, groupSize: 32 } as const)
  await train(tf, {
    shape: { inputs: INPUTS, layerSizes: [512, 512, 512], classes: CLASSES, bias: true, norm: shape },
    ...{ recordLayers, kernel, trainImages, evalImages: null, batchSize: 64, epochs, lr: LR, momentum: 0.9, seed: 0 },
    callbacks: [{ onEpochEnd: () => void ends.push(performance.now()) }, callbacks],
  })
  return gaps(ends)
}

/** Seconds between one epoch's end and the next. */
export function gaps(endsMs: number[]): number[] {
  return endsMs.slice(1).map((end, i) => (end - (endsMs[i] ?? end)) / 1000)
}
