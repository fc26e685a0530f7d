import { permutation, randomStream } from '@trainyard/random'
import { type Runtime, sliceRows, type Tensor, wholeNumbers } from '@trainyard/tensorflow'
import type { BatchSource } from './device-images.ts'
import { yieldToEventLoop } from './yield-to-event-loop.ts'

/** The order in which an epoch sees the images: every index once, shuffled by seed and epoch. */
export function epochOrder({ seed, epoch, count }: { seed: number; epoch: number; count: number }): Int32Array {
  return permutation(count, randomStream(seed, 'order', epoch))
}

/** An order cut into batches; the last one may be smaller. */
export function* batches(order: Int32Array, batchSize: number): Generator<Int32Array> {
  for (let first = 0; first < order.length; first += batchSize) yield order.slice(first, first + batchSize)
}

/** A batch on the device, until the next one is taken. */
export interface DeviceBatch {
  /** (n, inputs) pixels, or (n) int64 in the dual form. */
  x: Tensor
  /** (n) int64 */
  labels: Tensor
  /** The same on the host. */
  hostLabels: Int32Array
  /** When it was begun. */
  startMs: number
  /** Images up to the end of this batch. */
  seen: number
  isLast: boolean
}

/** Fetches one batch after another. An abort is noticed before each of them; messages are handled between them. */
export async function* deviceBatches(
  tf: Runtime,
  images: BatchSource,
  { order, batchSize, signal }: { order: Int32Array; batchSize: number; signal?: AbortSignal | undefined },
): AsyncGenerator<DeviceBatch> {
  const indices = wholeNumbers(tf, order) // all of them now: every upload waits for the device
  let seen = 0
  try {
    for (const part of batches(order, batchSize)) {
      signal?.throwIfAborted()
      const startMs = performance.now()
      const { x, labels } = tf.scope(() => images.batch(sliceRows(tf, indices, { first: seen, count: part.length })))
      seen += part.length
      try {
        yield { x, labels, hostLabels: images.labelsOf(part), startMs, seen, isLast: seen === order.length }
      } finally {
        tf.dispose(x, labels)
      }
      await yieldToEventLoop()
    }
  } finally {
    tf.dispose(indices)
  }
}
