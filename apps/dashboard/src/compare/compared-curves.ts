import { type Comparison, formatSeconds, fromJsonNumber } from '@trainyard/contracts'
import type { Axes, Curve } from '../charts/chart-options.ts'
import { lineStyle } from '../charts/palette.ts'
import { smoothed } from '../charts/smoothed.ts'
import { formatValue, objectiveName } from '../parts/format-objective.ts'
import type { CompareChoice } from './compare-choice.ts'

/** A curve for each experiment, in their order; where it is smoothed with what was measured behind it. */
export function comparedCurves(
  { experiments, items }: Comparison,
  { measure, by, smoothing }: Omit<CompareChoice, 'ids' | 'log'>,
): Curve[] {
  const labels = labelsOf(experiments)
  return experiments.flatMap((_, i): Curve[] => {
    const points = items.flatMap((row) => {
      const x = by === 'time' ? (row.trainingSeconds[i] ?? null) : row.epoch
      const y = row[measure][i] ?? null
      return x === null || y === null ? [] : [{ x, y: fromJsonNumber(y) }]
    })
    const curve = { label: labels[i] ?? '', x: points.map(({ x }) => x), y: points.map(({ y }) => y), style: lineStyle(i) }
    if (smoothing === 0) return [curve]
    return [
      { ...curve, label: `${curve.label}, as measured`, faint: true },
      { ...curve, y: smoothed(curve.y, { weight: smoothing }) },
    ]
  })
}

export function comparedAxes({ measure, by, log }: Pick<CompareChoice, 'measure' | 'by' | 'log'>): Axes {
  return {
    x: by === 'time' ? 'training time' : 'epoch',
    y: objectiveName(measure),
    logY: log,
    wholeX: by === 'epoch',
    formatX: by === 'time' ? formatSeconds : String,
    formatY: (value) => formatValue(value, measure),
  }
}

/** Names, with ids where names are equal. */
export function labelsOf(experiments: readonly { id: string; name: string | null }[]): string[] {
  return experiments.map(({ id, name }) => {
    if (name === null) return id
    return experiments.filter((other) => other.name === name).length > 1 ? `${name} (${id})` : name
  })
}
