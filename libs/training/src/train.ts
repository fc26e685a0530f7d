import { type Runtime, type Tensor, topK } from '@trainyard/tensorflow'
import { batches, epochOrder } from './batches.ts'
import { meanLoss } from './cross-entropy.ts'
import { LossDivergedError, toTrainingError } from './errors.ts'
import { evaluate } from './evaluate.ts'
import { createSignalRecorder, type LayerSignal, type SignalRecorder } from './layer-signal.ts'
import { createNetwork, type Network } from './network.ts'
import type { NetworkShape } from './network-layers.ts'
import { nextMacrotask } from './next-macrotask.ts'
import type { LiveState, Precision, SavedModel, TrainingState } from './parameter.ts'
import type { NetworkStart } from './network-variables.ts'
import type { ResidentImages } from './resident-images.ts'
import { enterSampleSpace, type NumberedImages, type SampleSpace } from './sample-space.ts'
import { speltOutModel, speltOutState } from './spelt-out.ts'
import type { WeightsHashes } from './weights-hash.ts'

export interface EpochResult {
  /** From 1. */
  epoch: number
  /** Plain mean of the steps' losses, as the notebook prints it. */
  loss: number
  /** Share of train images that were right when their batch was drawn. */
  accuracy: number
  /** Of training, without evaluation. */
  seconds: number
  evalLoss: number | null
  evalAccuracy: number | null
  evalTop5Accuracy: number | null
  /** First layer to last; null where they are not recorded. */
  layers: LayerSignal[] | null
  /** Of the weights after the epoch. */
  hashes: WeightsHashes
}

/** Hooks of one run, called in list order and awaited. They observe: nothing they do changes the numbers. */
export interface TrainingCallbacks {
  /** While images are multiplied for a first layer in sample space. */
  onPrepare?(at: { fraction: number }): void | Promise<void>
  onBatchEnd?(batch: { epoch: number; step: number; loss: number }): void | Promise<void>
  onEvaluateBegin?(at: { epoch: number }): void | Promise<void>
  onEvaluateProgress?(at: { epoch: number; fraction: number }): void | Promise<void>
  /** `state` reads weights and momenta back from the device when it is asked to, until the callback ends. */
  onEpochEnd?(result: EpochResult, state: LiveState): void | Promise<void>
  /** Always runs, also after an error or an abort. */
  onTrainCleanup?(): void | Promise<void>
}

export interface TrainOptions {
  shape: NetworkShape
  trainImages: ResidentImages
  /** Measured after every epoch; null: nothing is. */
  evalImages: ResidentImages | null
  /**
   * X · Xᵀ of pixels in [0, 1], (train and evaluated images, train images) float64, which stays the caller's: the first layer is computed in the space of the
   * train images, and all numbers are float64. Without it, from pixels. The numbers are the same but for rounding.
   */
  kernel?: Tensor | null
  /** Of a run over pixels; float32 by default, and float64 in sample space. */
  precision?: Precision
  batchSize: number
  epochs: number
  lr: number
  momentum: number
  /** Fixes initial weights and the order of images. */
  seed: number
  /** A checkpoint to go on from, or a model, whose momenta are zero; its epochs are not run again. */
  start?: TrainingState | SavedModel
  /** Every layer's signal at each epoch's end; without it, no time goes there. */
  recordLayers?: boolean
  /** The order of an epoch in place of the seed's. */
  order?: (epoch: number) => Int32Array
  callbacks?: readonly TrainingCallbacks[]
  /** Looked at before every step. */
  signal?: AbortSignal
}

/** Trains the notebook's network by stochastic gradient descent with momentum on the cross-entropy. */
export async function train(tf: Runtime, options: TrainOptions): Promise<EpochResult[]> {
  const { shape, epochs, start, precision, signal, callbacks = [] } = options
  const order = options.order ?? ((epoch: number) => epochOrder({ seed: options.seed, epoch, count: options.trainImages.count }))
  const evaluated = (epoch: number) => async (fraction: number) => {
    for (const callback of callbacks) await callback.onEvaluateProgress?.({ epoch, fraction })
  }
  const history: EpochResult[] = []
  let network: Network | null = null
  let recorder: SignalRecorder | null = null
  let space: SampleSpace | null = null
  try {
    const from = await networkStart(tf, options)
    space = await sampleSpace(tf, options, from)
    const trainImages = space?.train ?? options.trainImages
    const evalImages = space ? space.evaluation : options.evalImages
    network = createNetwork(tf, shape, { ...from, space, ...(precision && { precision }) })
    recorder = options.recordLayers ? createSignalRecorder(tf, network) : null
    for (let epoch = (start?.epoch ?? 0) + 1; epoch <= epochs; epoch++) {
      const { layers, ...trained } = await trainEpoch(tf, network, { ...options, trainImages, epoch, order: order(epoch), recorder })
      if (evalImages) for (const callback of callbacks) await callback.onEvaluateBegin?.({ epoch })
      const hashes = network.hashes()
      const evaluation = evalImages && (await evaluate(tf, network, { images: evalImages, signal, onProgress: evaluated(epoch) }))
      const result = {
        epoch,
        ...trained,
        evalLoss: evaluation?.loss ?? null,
        evalAccuracy: evaluation?.accuracy ?? null,
        evalTop5Accuracy: evaluation?.top5Accuracy ?? null,
        ...{ layers, hashes },
      }
      history.push(result)
      for (const callback of callbacks) await callback.onEpochEnd?.(result, network.state(epoch))
    }
    return history
  } catch (error) {
    throw toTrainingError(error)
  } finally {
    recorder?.dispose()
    network?.dispose()
    space?.dispose()
    for (const callback of callbacks) await callback.onTrainCleanup?.()
  }
}

/** A first layer over pixels needs its weight spelt out, whatever the run's first layer was before. */
async function networkStart(tf: Runtime, { seed, start, kernel, trainImages, signal }: TrainOptions): Promise<NetworkStart> {
  if (!start) return { seed }
  const images = { images: trainImages, signal }
  if (!('momenta' in start)) return { model: kernel ? start : await speltOutModel(tf, start, images) }
  return { state: kernel ? start : await speltOutState(tf, start, images) }
}

async function sampleSpace(tf: Runtime, options: TrainOptions, start: NetworkStart): Promise<SampleSpace | null> {
  const { kernel, shape, trainImages, evalImages, signal, callbacks = [] } = options
  if (!kernel) return null
  const onProgress = async (fraction: number): Promise<void> => {
    for (const callback of callbacks) await callback.onPrepare?.({ fraction })
  }
  const units = shape.layerSizes[0] ?? shape.classes
  return enterSampleSpace(tf, { kernel, trainImages, evalImages, units, start, onProgress, signal })
}

interface EpochOptions extends Omit<TrainOptions, 'order' | 'trainImages'> {
  trainImages: NumberedImages
  epoch: number
  order: Int32Array
  recorder: SignalRecorder | null
}

/** One pass over the train split. */
async function trainEpoch(
  tf: Runtime,
  network: Network,
  options: EpochOptions,
): Promise<Pick<EpochResult, 'loss' | 'accuracy' | 'seconds' | 'layers'>> {
  const { epoch, order, batchSize, lr, signal, callbacks = [] } = options
  const startedMs = performance.now()
  const losses: number[] = []
  let right = 0
  let layers: LayerSignal[] | null = null
  for (const indices of batches(order, batchSize)) {
    signal?.throwIfAborted()
    const step = losses.length + 1
    const batch = trainStep(tf, network, { ...options, indices, isLast: step * batchSize >= order.length })
    if (!Number.isFinite(batch.loss)) throw new LossDivergedError({ epoch, step, loss: batch.loss, lr })
    losses.push(batch.loss)
    right += batch.right
    layers = batch.layers
    for (const callback of callbacks) await callback.onBatchEnd?.({ epoch, step, loss: batch.loss })
    await nextMacrotask()
  }
  const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length
  return { loss, accuracy: right / order.length, seconds: (performance.now() - startedMs) / 1000, layers }
}

interface StepOptions {
  trainImages: NumberedImages
  indices: Int32Array
  lr: number
  momentum: number
  recorder: SignalRecorder | null
  /** The epoch's last step: the recorder's sums are complete. */
  isLast: boolean
}

/** One step: forward, loss, backward, update. */
function trainStep(tf: Runtime, network: Network, options: StepOptions): { loss: number; right: number; layers: LayerSignal[] | null } {
  const { trainImages, indices, lr, momentum, recorder, isLast } = options
  let result: ReturnType<typeof trainStep> = { loss: NaN, right: 0, layers: null }
  tf.scope(() => {
    const { x, labels } = trainImages.batch(indices) // (n, inputs), or (n) in sample space; (n)
    const { logits, losses, gradients, traces } = network.backward(x, labels)
    recorder?.observe(traces)
    network.step(gradients, { lr, momentum })
    const likeliest = tf.readInts(topK(tf, logits, 1)) // (n, 1)
    const right = trainImages.labelsOf(indices).reduce((sum, label, row) => sum + (likeliest[row] === label ? 1 : 0), 0)
    const layers = recorder && isLast ? recorder.finish(gradients, { lr, x }) : null
    result = { loss: meanLoss(tf.readNumbers(losses)), right, layers }
  })
  return result
}
