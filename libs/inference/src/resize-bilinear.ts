import { bilinearTaps, COEFFICIENT_BITS, type ResampleTaps } from './resample-taps.ts'

/** An image of 8 bits per channel. */
export interface PixelImage {
  /** (height, width, channels) */
  pixels: Uint8Array
  width: number
  height: number
  channels: number
}

const HALF = 2 ** (COEFFICIENT_BITS - 1)

/**
 * Resizes as `torchvision.transforms.Resize` does with a PIL image: antialiased bilinear, bit for bit. The arithmetic is that of Pillow's
 * src/libImaging/Resample.c: one pass per axis, each rounded to 8 bits.
 */
export function resizeBilinear(image: PixelImage, size: { width: number; height: number }): PixelImage {
  // Pillow 13's order of the passes, found by probing thousands of sizes; it shows in the last bit.
  const rowsGone = image.height - size.height
  const verticalFirst = rowsGone > 0 && rowsGone > 2 * (image.width - size.width)
  return verticalFirst
    ? resizeWidth(resizeHeight(image, size.height), size.width)
    : resizeHeight(resizeWidth(image, size.width), size.height)
}

function resizeWidth(image: PixelImage, width: number): PixelImage {
  if (width === image.width) return image
  const { height, channels } = image
  const resized = { pixels: new Uint8Array(width * height * channels), width, height, channels }
  const taps = bilinearTaps(image.width, width)
  if (channels === 3) resampleRowsRgb(image, resized, taps)
  else resampleRows(image, resized, taps)
  return resized
}

function resampleRows(from: PixelImage, to: PixelImage, { starts, counts, coefficients, stride }: ResampleTaps): void {
  const { channels } = from
  for (let row = 0, out = 0; row < to.height; row++) {
    for (let column = 0; column < to.width; column++) {
      const first = (row * from.width + starts[column]!) * channels
      for (let channel = 0; channel < channels; channel++) {
        let sum = HALF
        for (let t = 0; t < counts[column]!; t++)
          sum += Math.imul(from.pixels[first + t * channels + channel]!, coefficients[column * stride + t]!)
        to.pixels[out++] = toByte(sum)
      }
    }
  }
}

/** `resampleRows` for three channels, which share each coefficient: the hot loop of decoding a dataset. */
function resampleRowsRgb(from: PixelImage, to: PixelImage, { starts, counts, coefficients, stride }: ResampleTaps): void {
  const input = from.pixels
  const output = to.pixels
  for (let row = 0, out = 0; row < to.height; row++) {
    const rowStart = row * from.width
    for (let column = 0; column < to.width; column++) {
      let red = HALF
      let green = HALF
      let blue = HALF
      let pixel = (rowStart + starts[column]!) * 3
      const end = column * stride + counts[column]!
      for (let t = column * stride; t < end; t++, pixel += 3) {
        const coefficient = coefficients[t]!
        red = (red + Math.imul(input[pixel]!, coefficient)) | 0
        green = (green + Math.imul(input[pixel + 1]!, coefficient)) | 0
        blue = (blue + Math.imul(input[pixel + 2]!, coefficient)) | 0
      }
      output[out++] = toByte(red)
      output[out++] = toByte(green)
      output[out++] = toByte(blue)
    }
  }
}

function resizeHeight(image: PixelImage, height: number): PixelImage {
  if (height === image.height) return image
  const { width, channels } = image
  const rowBytes = width * channels
  const { starts, counts, coefficients, stride } = bilinearTaps(image.height, height)
  const pixels = new Uint8Array(rowBytes * height)
  const sums = new Int32Array(rowBytes)
  for (let row = 0; row < height; row++) {
    sums.fill(HALF)
    for (let t = 0; t < counts[row]!; t++) addRow(sums, image.pixels, (starts[row]! + t) * rowBytes, coefficients[row * stride + t]!)
    for (let i = 0; i < rowBytes; i++) pixels[row * rowBytes + i] = toByte(sums[i]!)
  }
  return { pixels, width, height, channels }
}

function addRow(sums: Int32Array, pixels: Uint8Array, start: number, coefficient: number): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += Math.imul(pixels[start + i]!, coefficient)
}

/** Rounds a fixed-point sum that holds the half already; rounded coefficients can add up to a little more than one. */
function toByte(sum: number): number {
  const value = sum >> COEFFICIENT_BITS
  return value > 255 ? 255 : value
}
