import { type Runtime, softmaxCrossEntropy, toDouble, topK } from '@trainyard/tensorflow'
import { deviceBatches } from '../data/batches.ts'
import type { ChunkHooks } from '../data/chunks.ts'
import type { BatchSource } from '../data/device-images.ts'
import { createReadbackQueue } from '../data/readback-queue.ts'
import { type NumberArray, sumOf } from '../layers/parameter.ts'
import type { Network } from '../network/network.ts'

/** Images per forward pass; it changes the speed and the memory, not the numbers' meaning. */
const BATCH_SIZE = 128

export interface Evaluation {
  /** Mean over images. */
  loss: number
  accuracy: number
  /** Share of images whose label is among the five largest logits. */
  top5Accuracy: number
}

/** Measures the network on a split; nothing of it changes. */
export async function evaluate(
  tf: Runtime,
  network: Network,
  { images, signal, onProgress }: { images: BatchSource } & ChunkHooks,
): Promise<Evaluation> {
  const { count } = images
  const total = { loss: 0, correct: 0, correctInFive: 0 }
  const order = Int32Array.from({ length: count }, (_, i) => i)
  const queue = createReadbackQueue(tf)
  try {
    for await (const { x, labels, hostLabels, startMs, seen, isLast } of deviceBatches(tf, images, {
      order,
      batchSize: BATCH_SIZE,
      signal,
    })) {
      const tensors = tf.scope(() => {
        const logits = network.logits(x) // (n, classes)
        const ranked = topK(tf, logits, Math.min(5, logits.shape[1] ?? 1)) // (n, k)
        return [softmaxCrossEntropy(tf, [logits, labels]).losses, toDouble(tf, ranked)]
      })
      queue.push({ tensors, labels: hostLabels, startMs })
      if (!queue.isFull() && !isLast) continue
      for (const { numbers, labels: expected } of queue.read()) {
        const [losses = new Float64Array(), ranked = new Float64Array()] = numbers
        const ranks = ranksOf(expected, ranked)
        total.loss += sumOf(losses)
        total.correct += ranks.filter((rank) => rank === 0).length
        total.correctInFive += ranks.filter((rank) => rank >= 0).length
      }
      await onProgress?.(seen / count)
    }
  } finally {
    queue.dispose()
  }
  return { loss: total.loss / count, accuracy: total.correct / count, top5Accuracy: total.correctInFive / count }
}

/** Where each image's label is among its likeliest classes, (n, k) row by row: from 0, or −1. */
function ranksOf(labels: Int32Array, ranked: NumberArray): Int32Array {
  const k = ranked.length / labels.length
  return labels.map((label, row) => ranked.subarray(row * k, row * k + k).indexOf(label))
}
