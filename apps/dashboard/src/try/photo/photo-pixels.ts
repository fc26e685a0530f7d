import { ExpectedError } from '@trainyard/contracts'
import { type PixelImage, resizeBilinear } from '@trainyard/inference'

/** As many rows as one canvas takes at once: some browsers' are small. */
const ROWS = 512

class PhotoUnreadableHereError extends ExpectedError {
  constructor(options?: ErrorOptions) {
    super('PHOTO_UNREADABLE', 'This browser cannot read that file as an image: choose a JPEG or a PNG', options)
  }
}

/**
 * What the network sees of a photo, as libs/datasets' readPhoto makes it: upright as its camera says, colours as they stand in the file whatever its
 * profile, on white where it is transparent, resized as torchvision resizes. (size, size, 3)
 */
export async function photoPixels(photo: Blob, size: number): Promise<Uint8Array> {
  return resizeBilinear(await decode(photo), { width: size, height: size }).pixels
}

async function decode(photo: Blob): Promise<PixelImage> {
  const options: ImageBitmapOptions = { colorSpaceConversion: 'none', premultiplyAlpha: 'none', imageOrientation: 'from-image' }
  const bitmap = await createImageBitmap(photo, options).catch((cause: unknown) => {
    throw new PhotoUnreadableHereError({ cause })
  })
  try {
    return readRgb(bitmap)
  } finally {
    bitmap.close()
  }
}

/** Strip by strip. */
function readRgb(bitmap: ImageBitmap): PixelImage {
  const { width, height } = bitmap
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width, height: Math.min(ROWS, height) })
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new PhotoUnreadableHereError()
  const pixels = new Uint8Array(width * height * 3)
  context.fillStyle = 'white'
  for (let top = 0, to = 0; top < height; top += ROWS) {
    const rows = Math.min(ROWS, height - top)
    context.fillRect(0, 0, width, rows)
    context.drawImage(bitmap, 0, -top)
    const { data } = context.getImageData(0, 0, width, rows)
    for (let from = 0; from < data.length; from += 4) {
      pixels[to++] = data[from] ?? 0
      pixels[to++] = data[from + 1] ?? 0
      pixels[to++] = data[from + 2] ?? 0
    }
  }
  return { pixels, width, height, channels: 3 }
}
