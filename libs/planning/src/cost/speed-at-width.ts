import type { SpeedAtWidth, TrainingSpeed } from '@trainyard/contracts'

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
