import { type Runtime, softmaxCrossEntropy, toDouble, topK } from '@trainyard/tensorflow'
import type { ChunkHooks } from '../data/chunks.ts'
import type { Network } from '../network/network.ts'
import { sumOf } from '../layers/parameter.ts'
import type { NumberedImages } from '../dual/dual-space.ts'
import { throughBatches } from './queued-batches.ts'
import { createReadbackQueue, type ReadBatch } from '../data/readback-queue.ts'

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
  { images, signal, onProgress }: { images: NumberedImages } & ChunkHooks,
): Promise<Evaluation> {
  const { count } = images
  const totals = { loss: 0, right: 0, rightInFive: 0 }
  const order = Int32Array.from({ length: count }, (_, i) => i)
  const queue = createReadbackQueue(tf, () => performance.now())
  try {
    await throughBatches(
      tf,
      { images, order, batchSize: BATCH_SIZE, queue, signal },
      {
        run: ({ x, labels }) => {
          const logits = network.logits(x) // (n, classes)
          const ranked = topK(tf, logits, Math.min(5, logits.shape[1] ?? 1)) // (n, k)
          return [softmaxCrossEntropy(tf, [logits, labels]).losses, toDouble(tf, ranked)]
        },
        onRead: async (read, done) => {
          for (const batch of read) addBatch(totals, batch)
          await onProgress?.(done / count)
        },
      },
    )
  } finally {
    queue.dispose()
  }
  return { loss: totals.loss / count, accuracy: totals.right / count, top5Accuracy: totals.rightInFive / count }
}

function addBatch(totals: { loss: number; right: number; rightInFive: number }, { numbers: [losses, ranked], labels }: ReadBatch): void {
  totals.loss += losses ? sumOf(losses) : NaN
  const k = (ranked?.length ?? 0) / labels.length
  labels.forEach((label, row) => {
    const rank = ranked?.subarray(row * k, row * k + k).indexOf(label)
    if (rank === 0) totals.right += 1
    if (rank !== undefined && rank >= 0) totals.rightInFive += 1
  })
}
