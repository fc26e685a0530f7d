import { z } from 'zod'

/** How fast a machine trains at one width of layers, relative to the one that the cost model was fitted to. */
export const SpeedAtWidth = z
  .object({
    width: z.int(),
    direct: z.number().positive().describe("measured seconds of a step over the pixels, divided by the cost model's"),
    dual: z.number().positive().describe('the same in the dual form'),
  })
  .meta({ id: 'SpeedAtWidth' })
export type SpeedAtWidth = z.infer<typeof SpeedAtWidth>

/** Measured at some widths, narrowest first. */
export const TrainingSpeed = z.array(SpeedAtWidth).min(1)
export type TrainingSpeed = z.infer<typeof TrainingSpeed>
