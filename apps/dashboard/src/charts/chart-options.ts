import type uPlot from 'uplot'
import { colourNow, type LineStyle } from './palette.ts'

export interface Curve {
  label: string
  x: readonly number[]
  /** null: nothing there; what is no finite number is drawn as nothing. */
  y: readonly (number | null)[]
  style: LineStyle
  /** In the background of another curve: thinner, paler, and not in the legend. */
  faint?: boolean
  /** Marks without a line between them. */
  marks?: boolean
}

/** A horizontal line for comparison. */
export interface Level {
  y: number
  label: string
}

export interface Axes {
  x: string
  y: string
  logX?: boolean
  logY?: boolean
  /** Only whole numbers stand on it, as epochs do. */
  wholeX?: boolean
  formatX?: (x: number) => string
  formatY?: (y: number) => string
}

export interface Range {
  min: number
  max: number
}

interface ChartSetup {
  curves: readonly Pick<Curve, 'label' | 'style' | 'faint' | 'marks'>[]
  axes: Axes
  levels: readonly Level[]
  size: { width: number; height: number }
  onZoom: (range: Range | null) => void
  onCursor: (index: number | null) => void
}

/** A const enum of uPlot's typings, which is not there when it runs. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const LOGARITHMIC: uPlot.Scale = { distr: 3 }
const FONT = '12px system-ui, sans-serif'
/** More curves are easier to distinguish as thin lines, which also draw several times faster. */
const MANY_CURVES = 10
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]
/** As in print: 5 significant digits say all that a plot shows. */
export const shortNumber = (value: number): string =>
  value !== 0 && (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3) ? value.toExponential(2) : String(Number(value.toPrecision(5)))

export function chartOptions({ curves, axes, levels, size, onZoom, onCursor }: ChartSetup): uPlot.Options {
  const ink = colourNow('--muted')
  const grid = { stroke: colourNow('--line'), width: 1 }
  const axis = { stroke: ink, grid, ticks: grid, font: FONT, labelFont: FONT, labelSize: 20 }
  const { formatX = shortNumber, formatY = shortNumber } = axes
  return {
    ...size,
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, focus: { prox: 24 } },
    scales: {
      x: { time: false, ...(axes.logX && LOGARITHMIC) },
      // a part far from a level would be flat beside it
      y: axes.logY ? LOGARITHMIC : { range: (plot, min, max) => padded(min, max, showsAll(plot) ? levels : []) },
    },
    axes: [
      {
        ...axis,
        label: axes.x,
        ...(axes.wholeX && { incrs: WHOLE_STEPS }),
        values: (_plot, splits) => splits.map((x) => tick(x, formatX)),
      },
      { ...axis, label: axes.y, size: 64, values: (_plot, splits) => splits.map((y) => tick(y, formatY)) },
    ],
    series: [{}, ...curves.map((curve) => seriesOf(curve, { thin: curves.length > MANY_CURVES }))],
    hooks: {
      draw: [(plot) => drawLevels(plot, levels)],
      setCursor: [({ cursor: { idx } }) => onCursor(idx ?? null)],
      setScale: [
        (plot, scale) => {
          if (scale === 'x') onZoom(shownPart(plot))
        },
      ],
    },
  }
}

/** What is zoomed to; null: all is shown. */
export function shownPart(plot: uPlot): Range | null {
  const { min, max } = plot.scales['x'] ?? {}
  const xs = plot.data[0]
  const zoomed = min != null && max != null && xs.length > 1 && (min > (xs[0] ?? min) || max < (xs.at(-1) ?? max))
  return zoomed ? { min, max } : null
}

/** A round number beside an axis: without the zeros that a measured one is printed with. */
const tick = (value: number | null, format: (value: number) => string): string =>
  value === null ? '' : format(value).replace(/\.(\d*?)0+(?=\D|$)/, (_zeros, digits: string) => (digits === '' ? '' : `.${digits}`))

function seriesOf({ label, style, faint = false, marks = false }: ChartSetup['curves'][number], { thin }: { thin: boolean }): uPlot.Series {
  const stroke = colourNow(style.colour)
  return {
    label,
    stroke,
    width: faint || thin ? 1 : 2,
    alpha: faint ? 0.35 : 1,
    dash: [...style.dash],
    spanGaps: true,
    points: marks ? { show: true, size: 7, fill: stroke } : { size: 5 },
    ...(marks && { paths: () => null }),
  }
}

function showsAll({ data: [xs], series: [x] }: uPlot): boolean {
  const [first, last] = x?.idxs ?? [0, xs.length - 1]
  return first === 0 && last >= xs.length - 1
}

/** Some room above and below, levels within. A single value stands in the middle. */
function padded(min: number | null, max: number | null, levels: readonly Level[]): [number, number] {
  const values = [...[min, max].filter((each) => each !== null), ...levels.map(({ y }) => y)]
  if (values.length === 0) return [0, 1]
  const [lowest, highest] = [Math.min(...values), Math.max(...values)]
  const room = (highest - lowest) * 0.05 || Math.abs(highest) * 0.05 || 0.5
  return [lowest >= 0 ? Math.max(0, lowest - room) : lowest - room, highest + room]
}

function drawLevels(plot: uPlot, levels: readonly Level[]): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.strokeStyle = ctx.fillStyle = colourNow('--muted')
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio])
  for (const { y, label } of levels) {
    const at = plot.valToPos(y, 'y', true)
    if (!(at >= bbox.top && at <= bbox.top + bbox.height)) continue
    ctx.beginPath()
    ctx.moveTo(bbox.left, at)
    ctx.lineTo(bbox.left + bbox.width, at)
    ctx.stroke()
    ctx.textAlign = 'right'
    ctx.textBaseline = 'bottom'
    ctx.fillText(label, bbox.left + bbox.width - 4 * devicePixelRatio, at - 2 * devicePixelRatio)
  }
  ctx.restore()
}
