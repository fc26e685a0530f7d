import { type KeyboardEvent, type MouseEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import { ChartLegend } from './chart-legend.tsx'
import { ChartNumbers } from './chart-numbers.tsx'
import { chartData } from './chart-data.ts'
import { type Axes, chartOptions, type Curve, type Level, type Range, shownPart } from './chart-options.ts'
import { watchColours } from './palette.ts'

const HEIGHT_PX = 320
const ZOOM = 0.5

interface ChartProps {
  /** A description of the chart, for screen readers. */
  label: string
  curves: readonly Curve[]
  axes: Axes
  levels?: readonly Level[]
  heightPx?: number
  /** The part of x that is shown; null: all. */
  onZoom?: (range: Range | null) => void
  /** A click or Enter, at the cursor: the index into `x` of the curve that is nearest. */
  onPick?: (picked: { curve: number; x: number }) => void
}

const NO_LEVELS: readonly Level[] = []

/** Curves, with what they are at the cursor. Drag to zoom, double click for all; with keys: arrows move the cursor, + and - zoom, 0 shows all. */
export function Chart({ label, curves, axes, levels = NO_LEVELS, heightPx = HEIGHT_PX, onZoom, onPick }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const [index, setIndex] = useState<number | null>(null)
  const [colours, setColours] = useState(0)
  const data = useMemo(() => chartData(curves, axes), [curves, axes.logX, axes.logY])
  const latest = useRef({ onZoom, onPick, data })
  const zoomed = useRef<Range>(null)
  useEffect(() => void (latest.current = { onZoom, onPick, data }))
  useEffect(() => watchColours(() => setColours((count) => count + 1)), [])

  // a plot is created again only when its options change; new points are set below
  const looks = JSON.stringify([curves.map(({ label: name, style, faint, marks }) => [name, style, faint, marks]), axes, levels])
  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    const made = new uPlot(
      chartOptions({
        ...{ curves, axes, levels, size: { width: element.clientWidth, height: heightPx } },
        onCursor: setIndex,
        onZoom: (range) => latest.current.onZoom?.(range),
      }),
      latest.current.data,
      element,
    )
    plot.current = made
    // other options, the same range
    if (zoomed.current) made.setScale('x', zoomed.current)
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightPx }))
    resized.observe(element)
    return () => {
      resized.disconnect()
      zoomed.current = shownPart(made)
      made.destroy()
      plot.current = null
    }
  }, [looks, heightPx, colours])
  useEffect(() => {
    const made = plot.current
    if (!made || made.data === data) return
    const part = shownPart(made)
    made.setData(data, part === null)
    // draws, too: new points in the part that is shown
    if (part) made.setScale('x', part)
  }, [data])

  function pick(): void {
    const made = plot.current
    const at = made?.cursor.idx
    const x = at == null ? undefined : made?.data[0][at]
    if (made && at != null && x !== undefined) latest.current.onPick?.({ curve: nearestCurve(made, at), x })
  }
  function pickThere({ clientX, clientY }: MouseEvent): void {
    const made = plot.current
    if (!made) return
    // the cursor follows a mouse a frame later, and a finger not at all
    const { left, top } = made.over.getBoundingClientRect()
    made.setCursor({ left: clientX - left, top: clientY - top })
    pick()
  }
  const hint = useId()
  return (
    <figure className="chart">
      <div
        ref={box}
        className="chart-box"
        style={{ height: heightPx }}
        role="application"
        aria-roledescription="chart"
        aria-label={label}
        aria-describedby={hint}
        tabIndex={0}
        onClick={pickThere}
        onKeyDown={(event) => {
          if (plot.current && onKey(event, plot.current, pick)) event.preventDefault()
        }}
      />
      <span id={hint} className="hidden">
        Arrow keys move along the curves, plus and minus zoom, 0 shows all.
      </span>
      <ChartLegend curves={curves} axes={axes} data={data} index={index} />
      <ChartNumbers curves={curves} axes={axes} data={data} />
    </figure>
  )
}

/** The curve whose value at this index is nearest to the cursor, from 0. */
function nearestCurve(plot: uPlot, index: number): number {
  const top = plot.cursor.top ?? 0
  const distances = plot.data.slice(1).map((ys) => {
    const y = ys[index]
    return y == null ? Infinity : Math.abs(plot.valToPos(y, 'y') - top)
  })
  return distances.indexOf(Math.min(...distances))
}

/** True for a key that the chart takes. */
function onKey({ key }: KeyboardEvent, plot: uPlot, pick: () => void): boolean {
  const xs = plot.data[0]
  const { min, max } = plot.scales['x'] ?? {}
  if (min == null || max == null) return false
  const current = plot.cursor.idx ?? -1
  const moveTo = (index: number): void => {
    const x = xs[Math.max(0, Math.min(xs.length - 1, index))]
    const y = plot.data
      .slice(1)
      .map((ys) => ys[index])
      .find((each) => each != null)
    if (x !== undefined) plot.setCursor({ left: plot.valToPos(x, 'x'), top: y == null ? 0 : plot.valToPos(y, 'y') })
  }
  const zoom = (factor: number): void => {
    const middle = xs[current] ?? (min + max) / 2
    const half = ((max - min) * factor) / 2
    plot.setScale('x', { min: Math.max(xs[0] ?? min, middle - half), max: Math.min(xs.at(-1) ?? max, middle + half) })
  }
  const actions: Record<string, () => void> = {
    ArrowLeft: () => moveTo(current < 0 ? xs.length - 1 : current - 1),
    ArrowRight: () => moveTo(current + 1),
    Home: () => moveTo(0),
    End: () => moveTo(xs.length - 1),
    '+': () => zoom(ZOOM),
    '-': () => zoom(1 / ZOOM),
    '0': () => plot.setScale('x', { min: xs[0] ?? 0, max: xs.at(-1) ?? 1 }),
    Enter: pick,
  }
  const action = actions[key]
  action?.()
  return action !== undefined
}
