import { z } from 'zod'
import { ExperimentId } from '../experiments/experiment.ts'
import { JsonNumber } from '../http/json-number.ts'

export const MAX_SPARKLINES = 200
/** More than a sparkline has pixels for. */
export const SPARKLINE_POINTS = 60

/** An experiment's losses so far in a few points. */
export const Sparkline = z
  .object({
    id: ExperimentId,
    losses: z
      .array(JsonNumber)
      .describe(`losses of the epochs in order; above ${SPARKLINE_POINTS}, the lowest and highest of each stretch`),
  })
  .meta({ id: 'Sparkline' })
export type Sparkline = z.infer<typeof Sparkline>

export const SparklineList = z.object({ sparklines: z.array(Sparkline) }).meta({ id: 'SparklineList' })
export type SparklineList = z.infer<typeof SparklineList>
