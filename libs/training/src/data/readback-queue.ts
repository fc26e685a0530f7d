import { readMany, type Runtime, type Tensor } from '@trainyard/tensorflow'
import type { NumberArray } from '../layers/parameter.ts'

/** Results are read back about so often: enough for the eye, little for a GPU, which stands still meanwhile. */
const READ_EVERY_MS = 250
/** However short the batches: what they leave on the device stays small. */
const MOST_AT_ONCE = 256

/** What one batch leaves on the device, and its labels. */
interface QueuedBatch {
  tensors: readonly Tensor[]
  /** (n) */
  labels: Int32Array
}

export interface ReadBatch {
  /** Of each of its tensors; whole numbers as doubles. */
  numbers: NumberArray[]
  labels: Int32Array
}

/** Batches that are on their way on the device until their results are read back together: a read waits until the device has done all that is queued. */
export interface ReadbackQueue {
  /** Does one batch; its tensors are the queue's from then on. */
  take(batch: () => QueuedBatch): void
  /**
   * As many wait as the device does in READ_EVERY_MS, by those before: on a GPU the host would run ahead of it without end, and an abort would have to
   * wait for all of that. The first one is read at once: people wait for it.
   */
  isFull(): boolean
  /** The batches since the last read. */
  read(): ReadBatch[]
  dispose(): void
}

/** `nowMs` is a monotonic clock. */
export function createReadbackQueue(tf: Runtime, nowMs: () => number): ReadbackQueue {
  let queued: QueuedBatch[] = []
  let capacity = 1
  let startMs = 0
  const dispose = (): void => {
    tf.dispose(...queued.flatMap(({ tensors }) => tensors))
    queued = []
  }
  return {
    dispose,
    isFull: () => queued.length >= capacity,
    take: (batch) => {
      if (queued.length === 0) startMs = nowMs()
      tf.scope(() => {
        const taken = batch()
        for (const tensor of taken.tensors) tf.keep(tensor)
        queued.push(taken)
      })
    },
    read: () => {
      const all = readMany(
        tf,
        queued.flatMap(({ tensors }) => tensors),
      )
      const batches = queued.map(({ tensors, labels }) => ({ labels, numbers: all.splice(0, tensors.length) }))
      const msPerBatch = (nowMs() - startMs) / queued.length
      capacity = Math.max(1, Math.floor(Math.min(READ_EVERY_MS / msPerBatch, 2 * capacity, MOST_AT_ONCE)))
      dispose()
      return batches
    },
  }
}
