import { readMany, type Runtime, type Tensor } from '@trainyard/tensorflow'
import type { NumberArray } from '../layers/parameter.ts'

/** Results are read back about this often: enough for the eye, little for a GPU, which stands still meanwhile. */
const READ_INTERVAL_MS = 250
/** However short the batches: what they leave on the device stays small. */
const MAX_QUEUED = 256

/** What one batch leaves on the device, and its labels. */
interface QueuedBatch {
  tensors: readonly Tensor[]
  /** (n) */
  labels: Int32Array
  startMs: number
}

export interface ReadBatch {
  /** Of each of its tensors; whole numbers as doubles. */
  numbers: NumberArray[]
  labels: Int32Array
}

/** Batches that are on their way on the device until their results are read back together: a read waits until the device has done all that is queued. */
export interface ReadbackQueue {
  /** The tensors are the queue's from then on. */
  push(batch: QueuedBatch): void
  /**
   * As many are queued as the device does in READ_INTERVAL_MS, by those before: on a GPU the host would run ahead of it without end, and an abort would
   * have to wait for all of that. The first one is read at once: people wait for it.
   */
  isFull(): boolean
  /** The batches since the last read. */
  read(): ReadBatch[]
  dispose(): void
}

/** `nowMs`: the clock of the batches' `startMs`. */
export function createReadbackQueue(tf: Runtime, nowMs = (): number => performance.now()): ReadbackQueue {
  let queued: QueuedBatch[] = []
  let capacity = 1
  const dispose = (): void => {
    tf.dispose(...queued.map(({ tensors }) => tensors))
    queued = []
  }
  return {
    dispose,
    isFull: () => queued.length >= capacity,
    push: (batch) => void queued.push(batch),
    read: () => {
      const numbers = readMany(
        tf,
        queued.flatMap(({ tensors }) => tensors),
      )
      const batches = queued.map(({ tensors, labels }) => ({ labels, numbers: numbers.splice(0, tensors.length) }))
      const msPerBatch = (nowMs() - (queued[0]?.startMs ?? 0)) / queued.length
      capacity = Math.max(1, Math.floor(Math.min(READ_INTERVAL_MS / msPerBatch, 2 * capacity, MAX_QUEUED)))
      dispose()
      return batches
    },
  }
}
