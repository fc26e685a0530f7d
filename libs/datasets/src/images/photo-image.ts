import { resizeBilinear, type PixelImage } from '@trainyard/inference'
import sharp from 'sharp'
import { PhotoUnreadableError } from '../errors.ts'
import { AS_PIL, readRgb } from './jpeg-image.ts'
import { writePlanes } from './write-planes.ts'

/** A file of a few kilobytes can hold far more, and all of it lies in memory at once. */
const MAX_PIXELS = 64e6

/**
 * A user's photo, a JPEG's or PNG's bytes, as a split's image: upright as its camera says, on white where it is transparent, resized as
 * torchvision resizes. (3, size, size)
 */
export async function readPhoto(photo: Uint8Array, size: number): Promise<Uint8Array> {
  const { pixels } = resizeBilinear(await decode(photo), { width: size, height: size })
  const planes = new Uint8Array(pixels.length)
  writePlanes(pixels, planes)
  return planes
}

async function decode(photo: Uint8Array): Promise<PixelImage> {
  const bytes = Buffer.from(photo.buffer, photo.byteOffset, photo.length)
  try {
    const upright = sharp(bytes, { ...AS_PIL, limitInputPixels: MAX_PIXELS }).autoOrient()
    return await readRgb(upright.flatten({ background: 'white' }).toColourspace('srgb'), bytes)
  } catch (error) {
    throw new PhotoUnreadableError({ cause: error })
  }
}
