import { type Runtime, sliceRows, type Tensor, wholeNumbers } from '@trainyard/tensorflow'
import { batches } from '../data/batches.ts'
import { yieldToEventLoop } from '../data/yield-to-event-loop.ts'
import type { ReadBatch, ReadbackQueue } from '../data/readback-queue.ts'
import type { NumberedImages } from '../dual/dual-space.ts'

interface QueuedBatches {
  images: NumberedImages
  order: Int32Array
  batchSize: number
  queue: ReadbackQueue
  signal?: AbortSignal | undefined
}

interface BatchWork {
  /** Does one batch, x (n, inputs), or (n) in the dual form, and labels (n); what it leaves on the device is read with others. */
  run: (batch: { x: Tensor; labels: Tensor }, at: { isLast: boolean }) => readonly Tensor[]
  /** Batches that have been read; `done` images are, all in all. */
  onRead: (read: readonly ReadBatch[], done: number) => void | Promise<void>
}

/** Goes through images in an order, batch by batch, and reads back by interval. */
export async function throughBatches(tf: Runtime, options: QueuedBatches, { run, onRead }: BatchWork): Promise<void> {
  const { images, order, batchSize, queue, signal } = options
  const indices = wholeNumbers(tf, order) // at once: an upload waits for the device
  let done = 0
  try {
    for (const part of batches(order, batchSize)) {
      signal?.throwIfAborted()
      const [first, count] = [done, part.length]
      done += count
      const isLast = done === order.length
      queue.take(() => {
        const batch = images.batch(sliceRows(tf, indices, { first, count }))
        return { tensors: run(batch, { isLast }), labels: images.labelsOf(part) }
      })
      if (queue.isFull() || isLast) await onRead(queue.read(), done)
      await yieldToEventLoop()
    }
  } finally {
    tf.dispose(indices)
  }
}
