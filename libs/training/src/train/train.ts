import { argMax, type Runtime, type Tensor } from '@trainyard/tensorflow'
import { epochOrder } from '../data/batches.ts'
import { meanLoss } from '../layers/cross-entropy.ts'
import { LossDivergedError, toTrainingError } from '../errors.ts'
import { evaluate } from './evaluate.ts'
import { createSignalRecorder, type LayerSignal, type SignalRecorder } from '../diagnostics/layer-signal.ts'
import { createNetwork, type Network } from '../network/network.ts'
import type { NetworkShape } from '../network/network-layers.ts'
import type { TrainingState, Precision, SavedModel, SavedState } from '../layers/parameter.ts'
import type { NetworkStart } from '../state/network-variables.ts'
import { throughBatches } from './queued-batches.ts'
import { createReadbackQueue, type ReadBatch, type ReadbackQueue } from '../data/readback-queue.ts'
import type { DeviceImages } from '../data/device-images.ts'
import { createDualSpace, type NumberedImages, type DualSpace } from '../dual/dual-space.ts'
import { materializeModel, materializeState } from '../dual/materialize-weights.ts'
import type { WeightsHashes } from '../state/weights-hash.ts'

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
  /** While images are multiplied for a first layer in the dual form. */
  onPrepare?(at: { fraction: number }): void | Promise<void>
  /** Losses of consecutive steps of one epoch, a few times a second. */
  onSteps?(steps: { epoch: number; firstStep: number; losses: readonly number[] }): void | Promise<void>
  onEvaluateBegin?(at: { epoch: number }): void | Promise<void>
  onEvaluateProgress?(at: { epoch: number; fraction: number }): void | Promise<void>
  /** `state` reads weights and momenta back from the device when it is asked to, until the callback ends. */
  onEpochEnd?(result: EpochResult, state: TrainingState): void | Promise<void>
  /** Always runs, also after an error or an abort. */
  onTrainCleanup?(): void | Promise<void>
}

export interface TrainOptions {
  shape: NetworkShape
  trainImages: DeviceImages
  /** Measured after every epoch; null: nothing is. */
  evalImages: DeviceImages | null
  /**
   * X · Xᵀ of pixels in [0, 1], (train and evaluated images, train images) float64, which stays the caller's: the first layer is computed in the space of the
   * train images, and all numbers are float64. Without it, from pixels. The numbers are the same but for rounding.
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
  /** A checkpoint to go on from, or a model, whose momenta are zero; its epochs are not run again. */
  start?: SavedState | SavedModel
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
  let space: DualSpace | null = null
  const queue = createReadbackQueue(tf, () => performance.now())
  try {
    const from = await networkStart(tf, options)
    space = await dualSpace(tf, options, from)
    const trainImages = space?.train ?? options.trainImages
    const evalImages = space ? space.evaluation : options.evalImages
    network = createNetwork(tf, shape, { ...from, space, ...(precision && { precision }) })
    recorder = options.recordLayers ? createSignalRecorder(tf, network) : null
    for (let epoch = (start?.epoch ?? 0) + 1; epoch <= epochs; epoch++) {
      const { layers, ...trained } = await trainEpoch(tf, network, { ...options, trainImages, epoch, order: order(epoch), recorder, queue })
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
    queue.dispose()
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

interface EpochOptions extends Omit<TrainOptions, 'order' | 'trainImages'> {
  trainImages: NumberedImages
  epoch: number
  order: Int32Array
  recorder: SignalRecorder | null
  queue: ReadbackQueue
}

/** One pass over the train split. */
async function trainEpoch(
  tf: Runtime,
  network: Network,
  options: EpochOptions,
): Promise<Pick<EpochResult, 'loss' | 'accuracy' | 'seconds' | 'layers'>> {
  const { trainImages: images, order, recorder, lr } = options
  const startedMs = performance.now()
  const losses: number[] = []
  let right = 0
  let layers: LayerSignal[] | null = null
  await throughBatches(
    tf,
    { ...options, images },
    {
      run: (batch, { isLast }) => {
        const { gradients, tensors } = trainStep(tf, network, { ...options, batch })
        if (recorder && isLast) layers = recorder.finish(gradients, { lr, x: batch.x })
        return tensors
      },
      onRead: async (read) => {
        const steps = read.map(stepResult)
        right += steps.reduce((sum, step) => sum + step.right, 0)
        const told = steps.map(({ loss }) => loss)
        await tellSteps(told, { ...options, firstStep: losses.length + 1 })
        losses.push(...told)
      },
    },
  )
  const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length
  return { loss, accuracy: right / order.length, seconds: (performance.now() - startedMs) / 1000, layers }
}

/** The mean of a step's losses, and how many of its images were right. */
function stepResult({ numbers: [losses, likeliest], labels }: ReadBatch): { loss: number; right: number } {
  return { loss: meanLoss(losses ?? new Float64Array()), right: labels.filter((label, row) => likeliest?.[row] === label).length }
}

/** Up to the first loss that is no number, with which the run ends: the steps after it were queued before anybody could know. */
async function tellSteps(losses: readonly number[], options: EpochOptions & { firstStep: number }): Promise<void> {
  const { epoch, firstStep, lr, callbacks = [] } = options
  const diverged = losses.findIndex((loss) => !Number.isFinite(loss))
  const told = diverged < 0 ? losses : losses.slice(0, diverged)
  if (told.length > 0) for (const callback of callbacks) await callback.onSteps?.({ epoch, firstStep, losses: told })
  if (diverged >= 0) throw new LossDivergedError({ epoch, step: firstStep + diverged, loss: losses[diverged] ?? NaN, lr })
}

interface StepOptions {
  batch: { x: Tensor; labels: Tensor }
  lr: number
  momentum: number
  recorder: SignalRecorder | null
}

/** One step: forward, loss, backward, update. Nothing is read back, so that the device need not wait for the host. */
function trainStep(
  tf: Runtime,
  network: Network,
  { batch, lr, momentum, recorder }: StepOptions,
): { gradients: readonly Tensor[]; tensors: [losses: Tensor, likeliest: Tensor] } {
  const { x, labels } = batch // (n, inputs), or (n) in the dual form; (n)
  const { logits, losses, gradients, traces } = network.backward(x, labels)
  recorder?.observe(traces)
  network.step(gradients, { lr, momentum })
  return { gradients, tensors: [losses, argMax(tf, logits)] }
}
