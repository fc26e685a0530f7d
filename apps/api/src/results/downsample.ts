import { fromJsonNumber, type JsonNumber } from '@trainyard/contracts'

/**
 * At most `max` of the points, in order: the lowest and the highest of each of `max / 2` equal intervals, so that their plot looks like the plot of
 * all. A loss that is no longer a number counts as the highest.
 */
export function downsample<Point extends { loss: JsonNumber }>(points: readonly Point[], max: number): readonly Point[] {
  if (points.length <= max) return points
  const length = Math.ceil(points.length / Math.floor(max / 2))
  const intervals = Array.from({ length: Math.ceil(points.length / length) }, (_, i) => points.slice(i * length, (i + 1) * length))
  return intervals.flatMap((interval) => {
    const heights = interval.map(({ loss }) => (loss === 'NaN' ? Infinity : fromJsonNumber(loss)))
    const lowest = heights.indexOf(Math.min(...heights))
    const highest = heights.indexOf(Math.max(...heights))
    return interval.filter((_, i) => i === lowest || i === highest)
  })
}
