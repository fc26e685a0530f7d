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

/** So far beyond the widest measured width its trend is believed. */
const BEYOND = 2

/** The factors at a width, along the logarithm through the measured ones on either side of it. */
export function speedAt(speed: TrainingSpeed, width: number): Omit<SpeedAtWidth, 'width'> {
  const [narrowest, widest] = [speed[0], speed.at(-1)]
  if (!narrowest || !widest) return { direct: 1, dual: 1 }
  const within = Math.min(Math.max(width, narrowest.width), BEYOND * widest.width)
  const before = speed.slice(0, -1).findLast((each) => each.width <= within) ?? narrowest
  const after = speed[speed.indexOf(before) + 1] ?? before
  const share = before === after ? 0 : Math.log(within / before.width) / Math.log(after.width / before.width)
  const between = (a: number, b: number): number => a * (b / a) ** share
  return { direct: between(before.direct, after.direct), dual: between(before.dual, after.dual) }
}
