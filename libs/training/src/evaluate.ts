import { type Runtime, softmaxCrossEntropy, topK } from '@trainyard/tensorflow'
import { batches } from './batches.ts'
import type { BlockHooks } from './blocks.ts'
import type { Network } from './network.ts'
import { sumOf } from './parameter.ts'
import type { NumberedImages } from './sample-space.ts'
import { nextMacrotask } from './next-macrotask.ts'

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
  { images, signal, onProgress }: { images: NumberedImages } & BlockHooks,
): Promise<Evaluation> {
  let loss = 0
  let right = 0
  let rightInFive = 0
  const all = Int32Array.from({ length: images.count }, (_, i) => i)
  for (const indices of batches(all, BATCH_SIZE)) {
    signal?.throwIfAborted()
    tf.scope(() => {
      const { x, labels } = images.batch(indices)
      const logits = network.logits(x) // (n, classes)
      loss += sumOf(tf.readNumbers(softmaxCrossEntropy(tf, [logits, labels]).losses))
      const k = Math.min(5, logits.shape[1] ?? 1)
      const ranked = tf.readInts(topK(tf, logits, k)) // (n, k)
      images.labelsOf(indices).forEach((label, row) => {
        const rank = ranked.subarray(row * k, row * k + k).indexOf(label)
        if (rank === 0) right += 1
        if (rank >= 0) rightInFive += 1
      })
    })
    await onProgress?.(((indices.at(-1) ?? 0) + 1) / images.count)
    await nextMacrotask()
  }
  return { loss: loss / images.count, accuracy: right / images.count, top5Accuracy: rightInFive / images.count }
}
