import { resizeBilinear } from '@trainyard/inference'
import sharp from 'sharp'
import { PhotoUnreadableError } from './errors.ts'
import { writePlanes } from './write-planes.ts'

/**
 * Somebody's photo, a JPEG's or PNG's bytes, as a split's image: upright as its camera says, on white where it is transparent, resized as
 * torchvision resizes. (3, size, size)
 */
export async function readPhoto(photo: Uint8Array, size: number): Promise<Uint8Array> {
  const { data, info } = await decode(photo)
  const { pixels } = resizeBilinear({ pixels: data, width: info.width, height: info.height, channels: 3 }, { width: size, height: size })
  const planes = new Uint8Array(pixels.length)
  writePlanes(pixels, planes)
  return planes
}

async function decode(photo: Uint8Array) {
  try {
    const upright = sharp(photo, { failOn: 'error' }).rotate().flatten({ background: 'white' }).toColourspace('srgb')
    return await upright.removeAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  } catch (error) {
    throw new PhotoUnreadableError({ cause: error })
  }
}
