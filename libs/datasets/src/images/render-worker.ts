/** A worker thread of render-images.ts: takes images from the common counter until none is left, or one fails. */
import { existsSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { RenderMessage, RenderTask } from './render-task.ts'
import { writePlanes } from './write-planes.ts'

/** Images in work at once per thread: while libvips decodes some, the thread resizes another. */
const LANES = 3
const IMAGES_PER_REPORT = 16

const task: RenderTask = workerData
const next = new Int32Array(task.next)
const imageBytes = 3 * task.imageSize ** 2
const renderImage = await createRenderer(task)
let unreported = 0

await Promise.all(Array.from({ length: LANES }, renderUntilNoneIsLeft))
if (unreported > 0) post({ type: 'done', images: unreported })

async function renderUntilNoneIsLeft(): Promise<void> {
  for (let index = Atomics.add(next, 0, 1); index < task.count; index = Atomics.add(next, 0, 1)) {
    await renderImage(task.which?.[index] ?? index, new Uint8Array(task.pixels, index * imageBytes, imageBytes))
    if (++unreported < IMAGES_PER_REPORT) continue
    post({ type: 'done', images: unreported })
    unreported = 0
  }
}

/** Makes the function that fills the bytes (3, size, size) of one image. Loads only what its kind of source needs. */
async function createRenderer({ source, imageSize }: RenderTask): Promise<(index: number, pixels: Uint8Array) => Promise<void> | void> {
  if (source.kind === 'synthetic') {
    const { createFlowerPainter } = await import('../synthetic/flower-image.ts')
    const paint = createFlowerPainter({ labels: source.labels, firstPose: source.firstPose, imageSize })
    return (index, pixels) => paint(index, pixels)
  }
  const { createJpegReader } = await import('./jpeg-image.ts')
  const readJpeg = createJpegReader(imageSize)
  return async (index, pixels) => {
    const file = source.files[index] ?? ''
    try {
      writePlanes(await readJpeg(file), pixels)
    } catch (error) {
      Atomics.store(next, 0, task.count) // the others stop too
      const reason = error instanceof Error ? error.message : String(error) // errorMessage's package would slow down every thread's start
      post(existsSync(file) ? { type: 'corrupt', file, fault: `it cannot be decoded (${reason})` } : { type: 'missing', file })
    }
  }
}

function post(message: RenderMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
  parentPort?.postMessage(message)
}
