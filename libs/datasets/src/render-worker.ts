/** A worker thread of render-images.ts: takes images from the common counter until none is left, or one fails. */
import { existsSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { messageOf } from './errors.ts'
import { drawFlower } from './flower-image.ts'
import { readJpeg } from './jpeg-image.ts'
import type { RenderMessage, RenderTask } from './render-task.ts'

/** Images in work at once per thread: while libvips decodes some, the thread resizes another. */
const LANES = 3
const IMAGES_PER_REPORT = 16

sharp.concurrency(1)
sharp.cache(false)
const task: RenderTask = workerData
const next = new Int32Array(task.next)
const imageBytes = 3 * task.imageSize ** 2
let unreported = 0

await Promise.all(Array.from({ length: LANES }, renderUntilNoneIsLeft))
tell({ type: 'done', images: unreported })

async function renderUntilNoneIsLeft(): Promise<void> {
  for (let index = Atomics.add(next, 0, 1); index < task.count; index = Atomics.add(next, 0, 1)) {
    const pixels = new Uint8Array(task.pixels, index * imageBytes, imageBytes)
    if (task.source.kind === 'synthetic') drawFlower({ split: task.source.split, index, imageSize: task.imageSize, pixels })
    else await renderJpeg(task.source.files[index] ?? '', pixels)
    if (++unreported < IMAGES_PER_REPORT) continue
    tell({ type: 'done', images: unreported })
    unreported = 0
  }
}

async function renderJpeg(file: string, pixels: Uint8Array): Promise<void> {
  try {
    writePlanes(await readJpeg(file, task.imageSize), pixels)
  } catch (error) {
    Atomics.store(next, 0, task.count) // the others stop too
    tell(existsSync(file) ? { type: 'corrupt', file, fault: messageOf(error) } : { type: 'missing', file })
  }
}

/** (row, column, channel) to (channel, row, column). */
function writePlanes(interleaved: Uint8Array, planes: Uint8Array): void {
  const plane = planes.length / 3
  for (let pixel = 0, i = 0; pixel < plane; pixel++) {
    planes[pixel] = interleaved[i++]!
    planes[plane + pixel] = interleaved[i++]!
    planes[2 * plane + pixel] = interleaved[i++]!
  }
}

function tell(message: RenderMessage): void {
  parentPort?.postMessage(message)
}
