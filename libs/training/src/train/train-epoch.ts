import { argMax, type Runtime } from '@trainyard/tensorflow'
import { deviceBatches } from '../data/batches.ts'
import type { BatchSource } from '../data/device-images.ts'
import type { ReadBatch, ReadbackQueue } from '../data/readback-queue.ts'
import type { LayerSignal, SignalRecorder } from '../diagnostics/layer-signal.ts'
import { LossDivergedError } from '../errors.ts'
import { meanLoss } from '../layers/cross-entropy.ts'
import type { Network } from '../network/network.ts'
import type { TrainedEpoch, TrainingCallbacks } from './callbacks.ts'

export interface EpochOptions {
  epoch: number
  images: BatchSource
  /** In which the epoch sees the images. */
  order: Int32Array
  batchSize: number
  lr: number
  momentum: number
  /** null: the layers' signal is not wanted. */
  recorder: SignalRecorder | null
  queue: ReadbackQueue
  callbacks: readonly TrainingCallbacks[]
  signal?: AbortSignal | undefined
}

/** One pass over the train images: fetch a batch, forward, backward, step, and a few times a second report the losses. */
export async function trainEpoch(tf: Runtime, network: Network, options: EpochOptions): Promise<TrainedEpoch> {
  const { epoch, images, order, lr, momentum, recorder, queue, callbacks } = options
  const startMs = performance.now()
  const losses: number[] = []
  let correct = 0
  let layers: LayerSignal[] | null = null
  for await (const batch of deviceBatches(tf, images, options)) {
    // nothing is read back here, so that the device need not wait for the host
    const tensors = tf.scope(() => {
      const { logits, losses: imageLosses, gradients, traces } = network.backward(batch.x, batch.labels) // forward, then backward
      recorder?.observe(traces)
      network.step(gradients, { lr, momentum })
      if (recorder && batch.isLast) layers = recorder.finish(gradients, { lr, x: batch.x })
      return [imageLosses, argMax(tf, logits)]
    })
    queue.push({ tensors, labels: batch.hostLabels, startMs: batch.startMs })
    if (!queue.isFull() && !batch.isLast) continue

    const steps = queue.read().map(stepResult)
    const firstStep = losses.length + 1
    const diverged = steps.findIndex(({ loss }) => !Number.isFinite(loss)) // the steps after it were queued before this could be known
    const valid = (diverged < 0 ? steps : steps.slice(0, diverged)).map(({ loss }) => loss)
    if (valid.length > 0) for (const callback of callbacks) await callback.onSteps?.({ epoch, firstStep, losses: valid })
    if (diverged >= 0) throw new LossDivergedError({ epoch, step: firstStep + diverged, loss: steps[diverged]?.loss ?? NaN, lr })
    losses.push(...valid)
    correct += steps.reduce((sum, step) => sum + step.correct, 0)
  }
  const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length
  return { loss, accuracy: correct / order.length, seconds: (performance.now() - startMs) / 1000, layers }
}

/** The mean of a step's losses, and how many of its images were classified right. */
function stepResult({ numbers: [losses, likeliest], labels }: ReadBatch): { loss: number; correct: number } {
  return { loss: meanLoss(losses ?? new Float64Array()), correct: labels.filter((label, row) => likeliest?.[row] === label).length }
}
