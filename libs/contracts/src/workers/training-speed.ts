import { z } from 'zod'

/** How fast a machine trains, beside the one that the cost model was fitted to, at one width of layers. */
export const SpeedAtWidth = z
  .object({
    width: z.int(),
    direct: z.number().positive().describe('seconds of a step over the pixels, by those of the cost model'),
    dual: z.number().positive().describe('the same in the dual form'),
  })
  .meta({ id: 'SpeedAtWidth' })
export type SpeedAtWidth = z.infer<typeof SpeedAtWidth>

/** Measured at some widths, narrowest first. */
export const TrainingSpeed = z.array(SpeedAtWidth).min(1)
export type TrainingSpeed = z.infer<typeof TrainingSpeed>
