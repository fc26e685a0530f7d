import { readFileSync } from 'node:fs'
import path from 'node:path'
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

export function goldenShape({ imageShape, widths, classes, bias }: Golden): NetworkShape {
  return { inputs: imageShape[0] * imageShape[1] * imageShape[2], layerSizes: widths, classes, bias }
}
