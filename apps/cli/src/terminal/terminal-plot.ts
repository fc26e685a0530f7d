/** One curve of a plot. A value that is no finite number, or not above zero on a log axis, is left out. */
export interface Series {
  name: string
  mark: string
  points: readonly { x: number; y: number }[]
}

export interface PlotOptions {
  series: readonly Series[]
  xLabel: string
  yLabel: string
  log?: boolean
  /** A dashed line that spans the plot. */
  reference?: { y: number; name: string }
  /** Columns and rows of the plot itself, without axes. */
  columns: number
  rows: number
  /** Colours a mark by its series' index. */
  paint?: (text: string, series: number) => string
}

const TICK_WIDTH = 9

/** A plot as lines of text: y axis with ticks, the curves, x axis, legend. */
export function plotLines(options: PlotOptions): string[] {
  const { series, xLabel, yLabel, reference, columns, rows, paint = (text) => text } = options
  const scale = scaleOf(options)
  if (!scale) return ['nothing to plot yet']
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => ' '))
  const put = ({ x, y }: { x: number; y: number }, mark: string): void => {
    const line = cells[scale.row(y)]
    if (line) line[scale.column(x)] = mark
  }
  if (reference) cells[scale.row(reference.y)]?.fill('╌')
  // the first series is drawn last: it lies on top
  for (const [i, { mark, points }] of [...series.entries()].toReversed()) {
    for (const point of points.filter(({ y }) => scale.shows(y))) put(point, paint(mark, i))
  }
  const lines = cells.map((line, row) => `${scale.tick(row).padStart(TICK_WIDTH)} ┤${line.join('')}`.trimEnd())
  const legend = series.map(({ name, mark }, i) => `${paint(mark, i)} ${name}`)
  if (reference) legend.push(`╌ ${reference.name}`)
  return [
    `${' '.repeat(TICK_WIDTH + 2)}${yLabel}`,
    ...lines,
    `${' '.repeat(TICK_WIDTH + 1)}└${'─'.repeat(columns)}`,
    xAxis(scale, { columns, xLabel }),
    `${' '.repeat(TICK_WIDTH + 2)}${legend.join('   ')}`,
  ]
}

interface Scale {
  shows(y: number): boolean
  row(y: number): number
  column(x: number): number
  /** The axis' label in a row, or nothing. */
  tick(row: number): string
  firstX: number
  lastX: number
}

function scaleOf({ series, log = false, reference, columns, rows }: PlotOptions): Scale | null {
  const shows = (y: number): boolean => Number.isFinite(y) && (!log || y > 0)
  const points = series.flatMap(({ points: own }) => own.filter(({ y }) => shows(y)))
  if (points.length === 0) return null
  const height = (y: number): number => (log ? Math.log10(y) : y)
  const heights = [...points.map(({ y }) => height(y)), ...(reference ? [height(reference.y)] : [])]
  const [low, high] = [Math.min(...heights), Math.max(...heights)]
  const [firstX, lastX] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))]
  const share = (value: number, from: number, to: number): number => (to === from ? 0.5 : (value - from) / (to - from))
  return {
    shows,
    firstX,
    lastX,
    row: (y) => Math.round((1 - share(height(y), low, high)) * (rows - 1)),
    column: (x) => Math.round(share(x, firstX, lastX) * (columns - 1)),
    tick: (row) => {
      if (row % TICK_EVERY_ROWS !== 0 && row !== rows - 1) return ''
      const at = rows === 1 ? low : high - (row / (rows - 1)) * (high - low)
      return tickText(log ? 10 ** at : at)
    },
  }
}

const TICK_EVERY_ROWS = 4

/** Three or four digits that fit into an axis. */
export function tickText(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1)
  return size >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function xAxis({ firstX, lastX }: Scale, { columns, xLabel }: { columns: number; xLabel: string }): string {
  const [first, last] = [`${firstX}`, `${lastX}`]
  const room = Math.max(1, columns - first.length - last.length)
  const label = xLabel.padStart(Math.floor((room + xLabel.length) / 2)).padEnd(room)
  return `${' '.repeat(TICK_WIDTH + 2)}${first}${label}${last}`
}
