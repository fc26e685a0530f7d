import {
  type Arena,
  createArena,
  instantiateKernels,
  laneOrder,
  packTaps,
  type PlacedImage,
  type ResampleKernels,
} from './resample-kernels.ts'
import { bilinearTaps } from './resample-taps.ts'

/** An image of 8 bits per channel. */
export interface PixelImage {
  /** (height, width, channels) */
  pixels: Uint8Array
  width: number
  height: number
  /** 1 to 4 */
  channels: number
}

interface Pass {
  kernels: ResampleKernels
  arena: Arena
  from: PlacedImage
  /** The new width or height. */
  size: number
}

/** Compiled at first use. */
let loaded: ResampleKernels | undefined

/**
 * Resizes as `torchvision.transforms.Resize` does with a PIL image: antialiased bilinear, bit for bit. The arithmetic is that of Pillow's
 * src/libImaging/Resample.c: one pass per axis, each rounded to 8 bits.
 */
export function resizeBilinear(image: PixelImage, { width, height }: { width: number; height: number }): PixelImage {
  const kernels = (loaded ??= instantiateKernels())
  const arena = createArena(kernels.memory)
  const placed = arena.placeImage(image)
  new Uint8Array(kernels.memory.buffer).set(image.pixels, placed.at)
  // Pillow 13's order of the passes, found by probing thousands of sizes; it shows in the last bit.
  const rowsGone = image.height - height
  const verticalFirst = rowsGone > 0 && rowsGone > 2 * (image.width - width)
  const pass = { kernels, arena }
  const resized = verticalFirst
    ? resizeWidth({ ...pass, from: resizeHeight({ ...pass, from: placed, size: height }), size: width })
    : resizeHeight({ ...pass, from: resizeWidth({ ...pass, from: placed, size: width }), size: height })
  const { channels } = image
  return { pixels: new Uint8Array(kernels.memory.buffer, resized.at, width * height * channels).slice(), width, height, channels }
}

function resizeWidth({ kernels, arena, from, size }: Pass): PlacedImage {
  if (size === from.width) return from
  const { channels, height } = from
  const taps = packTaps(bilinearTaps(from.width, size))
  const tapsAt = arena.placeBytes(taps.bytes)
  const lanesAt = arena.placeBytes(laneOrder(channels))
  const to = arena.placeImage({ ...from, width: size })
  kernels.resampleRows(from.at, to.at, height, from.width * channels, size, channels, tapsAt, taps.recordBytes, lanesAt)
  return to
}

function resizeHeight({ kernels, arena, from, size }: Pass): PlacedImage {
  if (size === from.height) return from
  const taps = packTaps(bilinearTaps(from.height, size))
  const tapsAt = arena.placeBytes(taps.bytes)
  const to = arena.placeImage({ ...from, height: size })
  kernels.resampleColumns(from.at, to.at, size, from.width * from.channels, tapsAt, taps.recordBytes)
  return to
}
