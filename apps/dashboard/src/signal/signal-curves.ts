import { NormType } from '@trainyard/contracts'
import type { Curve } from '../charts/chart-options.ts'
import { type LineStyle, lineStyle } from '../charts/palette.ts'
import type { Kind, SignalCell } from './signal-cells.ts'
import { formatKind } from './format-signal.ts'

const COLOURS = 7
const NO_BIAS = 3
/** More marks are a cloud in which none is distinct. */
const MAX_DRAWS = 30

export interface SignalCurve extends Curve {
  kind: Kind
}

/** The norm's dash, whatever else is shown beside it; a colour for with and one for without biases. */
export function lineStyleOfKind({ norm, bias }: Kind): LineStyle {
  const place = NormType.options.indexOf(norm)
  return lineStyle(place * COLOURS + place + (bias ? 0 : NO_BIAS))
}

/** Of every kind the prediction as a line; the means as marks, and behind them each draw, where it was measured. */
export function signalCurves(cells: readonly SignalCell[]): SignalCurve[] {
  const x = [...new Set(cells.map(({ depth }) => depth))]
  const kinds = [...Map.groupBy(cells, formatKind)]
  const ofKind = kinds.flatMap(([label, own]): { label: string; own: SignalCell[]; kind: Kind; style: LineStyle }[] => {
    const [kind] = own
    return kind ? [{ label, own, kind, style: lineStyleOfKind(kind) }] : []
  })
  const draws = Math.max(0, ...cells.map(({ measured }) => measured?.values.length ?? 0))
  const predicted = ofKind.map(({ label, own, kind, style }) => ({
    ...{ kind, style, x, label: `${label}, predicted` },
    y: own.map((cell) => cell.predicted),
  }))
  // before anything is measured, too: so the legend keeps its place
  const means = ofKind.map(({ label, own, kind, style }) => ({
    ...{ kind, style, x, label: `${label}, measured`, marks: true },
    y: own.map(({ measured }) => measured?.mean ?? null),
  }))
  const single = Array.from({ length: draws <= 1 ? 0 : Math.min(draws, MAX_DRAWS) }, (_, draw) =>
    ofKind.map(({ label, own, kind, style }) => ({
      ...{ kind, style, x, label: `${label}, draw ${draw + 1}`, marks: true, faint: true },
      y: own.map(({ measured }) => measured?.values[draw] ?? null),
    })),
  )
  return [...predicted, ...means, ...single.flat()]
}
