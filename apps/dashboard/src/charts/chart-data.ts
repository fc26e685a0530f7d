import uPlot from 'uplot'
import type { Curve } from './chart-options.ts'

/** The xs, and for each curve a y at every one of them. */
export type ChartData = [x: number[], ...y: (number | null | undefined)[][]]

/** Every curve over one row of xs, as uPlot draws them. On a log axis only what is above zero has a place. */
export function chartData(curves: readonly Curve[], { logX = false, logY = false } = {}): ChartData {
  const tables = curves.map(({ x, y }): ChartData => {
    const shown = logX ? x.flatMap((at, i) => (at > 0 ? [i] : [])) : null
    const xs = shown ? shown.map((i) => x[i] ?? 0) : [...x]
    const ys = shown ? shown.map((i) => y[i] ?? null) : [...y]
    return [xs, ys.map((value) => (value === null || !Number.isFinite(value) || (logY && value <= 0) ? null : value))]
  })
  const [first] = tables
  if (!first) return [[]]
  if (tables.length === 1) return first
  // runs of equal length have equal epochs: nothing to be joined
  if (tables.every(([x]) => x.length === first[0].length && x.every((at, i) => at === first[0][i])))
    return [first[0], ...tables.map((table) => table[1] ?? [])]
  const [x, ...ys] = uPlot.join(tables)
  return [[...x], ...ys.map((y) => [...y])]
}

/**
 * What a curve is at the cursor: where the x is another curve's, the value before it, as long as the curve goes on; without a cursor what it is at
 * its end.
 */
export function valueAt(ys: readonly (number | null | undefined)[], index: number | null): number | null | undefined {
  const last = ys.findLastIndex((y) => y != null)
  if (index === null) return ys[last]
  return index > last ? null : ys.slice(0, index + 1).findLast((y) => y != null)
}
