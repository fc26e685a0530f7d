import { fromJsonNumber, type JsonNumber } from '@trainyard/contracts'

/**
 * At most `most` of the points, in order: the lowest and the highest of each of `most / 2` equal stretches, so that a plot of them looks like
 * one of all. A loss that is no longer a number counts as the highest.
 */
export function keepExtremes<Point extends { loss: JsonNumber }>(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points
  const length = Math.ceil(points.length / Math.floor(most / 2))
  const stretches = Array.from({ length: Math.ceil(points.length / length) }, (_, i) => points.slice(i * length, (i + 1) * length))
  return stretches.flatMap((stretch) => {
    const heights = stretch.map(({ loss }) => (loss === 'NaN' ? Infinity : fromJsonNumber(loss)))
    const lowest = heights.indexOf(Math.min(...heights))
    const highest = heights.indexOf(Math.max(...heights))
    return stretch.filter((_, i) => i === lowest || i === highest)
  })
}
