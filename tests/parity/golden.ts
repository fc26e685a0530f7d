import { readFileSync } from 'node:fs'
import path from 'node:path'
import { NormPosition, NormType } from '@trainyard/contracts'
import type { NetworkShape } from '@trainyard/training'
import { z } from 'zod'

const Golden = z.object({
  name: z.string(),
  samples: z.int(),
  imageShape: z.tuple([z.int(), z.int(), z.int()]),
  classes: z.int(),
  widths: z.array(z.int()),
  batchSize: z.int(),
  learningRate: z.number(),
  momentum: z.number(),
  epochs: z.int(),
  bias: z.boolean(),
  norm: NormType,
  position: NormPosition,
  affine: z.boolean(),
  groupSize: z.int(),
  firstStep: z.object({
    order: z.array(z.int()),
    logitsRow0: z.array(z.number()),
    logitsNorm: z.number(),
    gradNorms: z.record(z.string(), z.number()),
  }),
  stepLosses: z.array(z.array(z.number())),
  epochLosses: z.array(z.number()),
  evalLoss: z.number(),
  evalAccuracy: z.number(),
  finalParameterNorms: z.record(z.string(), z.number()),
})
export type Golden = z.infer<typeof Golden>

export function readGoldens(file: string): Golden[] {
  return z.array(Golden).parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'goldens', file), 'utf8')))
}

export function goldenShape({ imageShape, widths, classes, bias, norm, position, affine, groupSize }: Golden): NetworkShape {
  return {
    inputs: imageShape[0] * imageShape[1] * imageShape[2],
    layerSizes: widths,
    classes,
    bias,
    norm: norm === 'none' ? null : { type: norm, position, affine, groupSize },
  }
}

/** How near PyTorch a case must come; what was seen is about a tenth of it. */
export interface Bounds {
  /** Of a step's loss, while nothing is chaotic yet. */
  loss: number
  /** Relative, of the final parameters' norms; null: not comparable any more. */
  parameters: number | null
  /** The steps after which a loss may be off by `CHAOS`; null: none. */
  chaoticAfter: number | null
}

/**
 * Batch norm after the ReLU is chaotic at these rates: PyTorch with one thread differs from PyTorch with two by 0.1 within four epochs, because a
 * single ReLU that flips by rounding changes what comes after it. Its first steps agree as closely as all others.
 */
export const CHAOS = 0.15

export function boundsOf({ norm, position }: Golden): Bounds {
  if (position === 'after' && norm === 'batch') return { loss: 5e-6, parameters: null, chaoticAfter: 3 }
  if (position === 'after' && norm === 'group') return { loss: 1e-4, parameters: 1e-4, chaoticAfter: null }
  return { loss: 5e-6, parameters: 1e-5, chaoticAfter: null }
}
