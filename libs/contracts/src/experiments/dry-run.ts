import { z } from 'zod'
import { ExperimentConfig, FirstLayer } from './experiment-config.ts'
import { SignalForecast } from './signal-forecast.ts'

/** Both ways to compute the first layer of a run, and the faster one. */
export const FirstLayerPlan = z
  .object({
    choice: FirstLayer.describe('the faster one'),
    reason: z.string(),
    directSeconds: z
      .number()
      .describe('estimate for the whole run, by the speed of a live worker of the pool, or on two cores of a server'),
    dualSeconds: z.number().nullable().describe('null: the dual form is not possible'),
  })
  .meta({ id: 'FirstLayerPlan' })
export type FirstLayerPlan = z.infer<typeof FirstLayerPlan>

/** What POST /experiments?dryRun=true answers: nothing was queued. */
export const DryRun = z
  .object({
    config: ExperimentConfig,
    configHash: z.string(),
    shapes: z.object({
      images: z.array(z.int()).describe('one batch: (n, channels, rows, columns)'),
      targets: z.array(z.int()),
      hidden: z.array(z.array(z.int())).describe('(n, units) after each hidden layer'),
      logits: z.array(z.int()),
    }),
    counts: z.object({ trainImages: z.int(), evalImages: z.int(), stepsPerEpoch: z.int(), steps: z.int() }),
    parameters: z.int(),
    memoryBytes: z.int().describe("upper estimate of the trainer's peak"),
    flopsPerEpoch: z.number().describe('over the pixels'),
    firstLayer: FirstLayerPlan.describe('what firstLayer auto chooses, and why'),
    signal: SignalForecast.describe('what the signal will do in the network before it is trained'),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'DryRun' })
export type DryRun = z.infer<typeof DryRun>
