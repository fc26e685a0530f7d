import type { DatasetName } from '@trainyard/contracts'

/** What variance propagation needs to know of images, pixels in [0, 1]. */
export interface ImageMoments {
  /** Mean of the squares of all pixels. */
  secondMoment: number
  /** Mean over positions of the variance from image to image. */
  varianceAcrossImages: number
}

/** Normal random numbers, as the notebook's tables have them. */
export const RANDN_MOMENTS: ImageMoments = { secondMoment: 1, varianceAcrossImages: 1 }

/** Of the train splits, by size: smaller images are smoother. Measured; a test measures them again. */
const MOMENTS: Record<DatasetName, readonly (readonly [imageSize: number, secondMoment: number, varianceAcrossImages: number])[]> = {
  flowers102: [
    [16, 0.1961, 0.0475],
    [32, 0.2033, 0.0546],
    [64, 0.2084, 0.0597],
    [128, 0.2116, 0.0629],
    [256, 0.2135, 0.0647],
  ],
  'synthetic-flowers': [
    [16, 0.1672, 0.0372],
    [32, 0.1699, 0.0399],
    [64, 0.1715, 0.0414],
    [128, 0.1723, 0.0422],
    [256, 0.1727, 0.0426],
  ],
}

/** Moments at any size: between two that were measured, in proportion to the size's logarithm; beyond them, the nearest. */
export function imageMoments(dataset: DatasetName, imageSize: number): ImageMoments {
  const rows = MOMENTS[dataset]
  const above = rows.findIndex(([size]) => size >= imageSize)
  const [high, low] = [rows.at(above), rows.at(above <= 0 ? above : above - 1)]
  if (!high || !low) throw new Error(`No moments of ${dataset}`)
  const share = high[0] === low[0] ? 1 : Math.log(imageSize / low[0]) / Math.log(high[0] / low[0])
  const between = (from: number, to: number): number => from + share * (to - from)
  return { secondMoment: between(low[1], high[1]), varianceAcrossImages: between(low[2], high[2]) }
}
