import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { DatasetCorruptError, DatasetMissingError } from '../errors.ts'
import type { OnDatasetProgress } from '../image-split.ts'
import type { ImageSource, RenderMessage, RenderTask } from './render-task.ts'

interface RenderOptions {
  source: ImageSource
  /** Which of the source's images, in this order, where not all of them. */
  which?: Int32Array
  count: number
  imageSize: number
  onProgress?: OnDatasetProgress | undefined
  signal?: AbortSignal | undefined
}

/** Decodes or draws images on worker threads. (count, 3, imageSize, imageSize) */
export async function renderImages({
  source,
  which,
  count,
  imageSize,
  onProgress,
  signal,
}: RenderOptions): Promise<Uint8Array<SharedArrayBuffer>> {
  const pixels = new Uint8Array(new SharedArrayBuffer(count * 3 * imageSize ** 2))
  const next = new Int32Array(new SharedArrayBuffer(4))
  const task: RenderTask = { source, which: which ?? null, count, imageSize, pixels: pixels.buffer, next: next.buffer }
  // Threads exit by themselves when the counter reaches the end.
  const stop = () => Atomics.store(next, 0, count)
  signal?.addEventListener('abort', stop)
  let images = 0
  const onDone = (more: number) => {
    images += more
    onProgress?.({ phase: 'decode', fraction: images / count, detail: `${images} of ${count} images` })
  }
  try {
    const threads = Math.min(availableParallelism(), count)
    const outcomes = await Promise.allSettled(Array.from({ length: threads }, () => runThread(task, onDone).finally(stop)))
    signal?.throwIfAborted()
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    return pixels
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** Resolves when the thread has left; rejects with the failure that it reported, or died of. */
async function runThread(task: RenderTask, onDone: (images: number) => void): Promise<void> {
  const worker = new Worker(new URL('./render-worker.ts', import.meta.url), { workerData: task })
  let failure: Error | undefined
  worker.on('message', (message: RenderMessage) => {
    if (message.type === 'done') onDone(message.images)
    else failure ??= toError(message)
  })
  await once(worker, 'exit')
  if (failure) throw failure
}

function toError(message: Exclude<RenderMessage, { type: 'done' }>): Error {
  return message.type === 'missing'
    ? new DatasetMissingError(`The image ${message.file} is gone. Fetch or import the dataset again.`)
    : new DatasetCorruptError(message)
}
