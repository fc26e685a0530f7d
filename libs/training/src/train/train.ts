import type { Runtime, Tensor } from '@trainyard/tensorflow'
import { epochOrder } from '../data/batches.ts'
import type { DeviceImages } from '../data/device-images.ts'
import { createReadbackQueue } from '../data/readback-queue.ts'
import { createSignalRecorder } from '../diagnostics/layer-signal.ts'
import { createDualSpace, type DualSpace } from '../dual/dual-space.ts'
import { materializeModel, materializeState } from '../dual/materialize-weights.ts'
import { toTrainingError } from '../errors.ts'
import type { Precision, SavedModel, SavedState } from '../layers/parameter.ts'
import { createNetwork } from '../network/network.ts'
import type { NetworkShape } from '../network/network-layers.ts'
import type { NetworkStart } from '../state/network-variables.ts'
import type { EpochResult, TrainingCallbacks } from './callbacks.ts'
import { evaluate } from './evaluate.ts'
import { trainEpoch } from './train-epoch.ts'

export interface TrainOptions {
  shape: NetworkShape
  trainImages: DeviceImages
  /** Measured after every epoch; null: nothing is. */
  evalImages: DeviceImages | null
  /**
   * X · Xᵀ of pixels in [0, 1], (train and evaluated images, train images) float64, which stays the caller's: the first layer is computed in the dual form,
   * and all numbers are float64. Without it, from pixels. The numbers are the same but for rounding.
   */
  kernel?: Tensor | null
  /** Of a run over pixels; float32 by default, and float64 in the dual form. */
  precision?: Precision
  batchSize: number
  epochs: number
  lr: number
  momentum: number
  /** Fixes initial weights and the order of images. */
  seed: number
  /** A checkpoint to resume from, or a model, whose momenta are zero; its epochs are not repeated. */
  start?: SavedState | SavedModel
  /** Every layer's signal at each epoch's end; without it, no time goes there. */
  recordLayers?: boolean
  /** The order of an epoch in place of the seed's. */
  order?: (epoch: number) => Int32Array
  callbacks?: readonly TrainingCallbacks[]
  /** Checked before every step. */
  signal?: AbortSignal
}

/** Trains the notebook's network by stochastic gradient descent with momentum on the cross-entropy. */
export async function train(tf: Runtime, options: TrainOptions): Promise<EpochResult[]> {
  const { shape, seed, epochs, start, precision, signal, callbacks = [] } = options
  const order = options.order ?? ((epoch: number) => epochOrder({ seed, epoch, count: options.trainImages.count }))
  const history: EpochResult[] = []
  const resources = new DisposableStack()
  try {
    const from = await networkStart(tf, options)
    const space = await dualSpace(tf, options, from)
    resources.defer(() => space?.dispose())
    const images = space?.train ?? options.trainImages
    const evalImages = space ? space.evaluation : options.evalImages
    const network = createNetwork(tf, shape, { ...from, space, ...(precision && { precision }) })
    resources.defer(() => network.dispose())
    const recorder = options.recordLayers ? createSignalRecorder(tf, network) : null
    resources.defer(() => recorder?.dispose())
    const queue = createReadbackQueue(tf)
    resources.defer(() => queue.dispose())

    for (let epoch = (start?.epoch ?? 0) + 1; epoch <= epochs; epoch++) {
      const trained = await trainEpoch(tf, network, { ...options, epoch, images, order: order(epoch), recorder, queue, callbacks })
      if (evalImages) for (const callback of callbacks) await callback.onEvaluateBegin?.({ epoch })
      const hashes = network.hashes()
      const onProgress = async (fraction: number): Promise<void> => {
        for (const callback of callbacks) await callback.onEvaluateProgress?.({ epoch, fraction })
      }
      const evaluation = evalImages && (await evaluate(tf, network, { images: evalImages, signal, onProgress }))
      const result = {
        epoch,
        ...trained,
        evalLoss: evaluation?.loss ?? null,
        evalAccuracy: evaluation?.accuracy ?? null,
        evalTop5Accuracy: evaluation?.top5Accuracy ?? null,
        hashes,
      }
      history.push(result)
      for (const callback of callbacks) await callback.onEpochEnd?.(result, network.state(epoch))
    }
    return history
  } catch (error) {
    throw toTrainingError(error)
  } finally {
    resources.dispose()
    for (const callback of callbacks) await callback.onTrainCleanup?.()
  }
}

/** A first layer over pixels needs its weight materialized, whatever form the run's first layer had before. */
async function networkStart(tf: Runtime, { seed, start, kernel, trainImages, signal }: TrainOptions): Promise<NetworkStart> {
  if (!start) return { seed }
  const images = { images: trainImages, signal }
  if (!('momenta' in start)) return { model: kernel ? start : await materializeModel(tf, start, images) }
  return { state: kernel ? start : await materializeState(tf, start, images) }
}

async function dualSpace(tf: Runtime, options: TrainOptions, start: NetworkStart): Promise<DualSpace | null> {
  const { kernel, shape, trainImages, evalImages, signal, callbacks = [] } = options
  if (!kernel) return null
  const onProgress = async (fraction: number): Promise<void> => {
    for (const callback of callbacks) await callback.onPrepare?.({ fraction })
  }
  const units = shape.layerSizes[0] ?? shape.classes
  return createDualSpace(tf, { kernel, trainImages, evalImages, units, start, onProgress, signal })
}
