import type { EpochLayers } from '@trainyard/contracts'
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { cividis, CIVIDIS_GRADIENT, type HeatScale, heatScale } from './heat-scale.ts'
import type { LayerMeasure } from './layer-measures.ts'

interface HeatMapProps {
  epochs: readonly EpochLayers[]
  measure: LayerMeasure
  /** How many there are, also before the first epoch. */
  layers: number
  /** The output layer at the top, else the first one. */
  outputFirst: boolean
}

interface Cell {
  row: number
  column: number
}

const ROW_PX = 22
const DENSE_ROW_PX = 11
const DENSE_FROM = 24

/** A colour for each layer and epoch; the arrow keys and the pointer choose one, whose number is shown. */
export function HeatMap({ epochs, measure, layers, outputFirst }: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [at, setAt] = useState<Cell | null>(null)
  const hint = useId()
  /** values[row][column]; rows from the top. */
  const values = useMemo(() => {
    const rows = Array.from({ length: layers }, (_, i) => epochs.map(({ layers: own }) => (own[i] ? measure.value(own[i]) : NaN)))
    return outputFirst ? rows.toReversed() : rows
  }, [epochs, measure, layers, outputFirst])
  const scale = useMemo(() => heatScale(values.flat(), measure), [values, measure])
  useEffect(() => {
    if (canvas.current) paint(canvas.current, { values, scale })
  }, [values, scale])

  const columns = epochs.length
  const rowPx = layers > DENSE_FROM ? DENSE_ROW_PX : ROW_PX
  const layerAt = (row: number): number => (outputFirst ? layers - row : row + 1)
  const nameAt = (row: number): string => (layerAt(row) === layers ? `${layers} output` : `${layerAt(row)}`)
  const within = (count: number, place: number): number => Math.max(0, Math.min(count - 1, place))
  function move(event: KeyboardEvent): void {
    const from = at ?? { row: 0, column: columns }
    const to: Record<string, Cell> = {
      ArrowLeft: { ...from, column: from.column - 1 },
      ArrowRight: { ...from, column: from.column + 1 },
      ArrowUp: { ...from, row: from.row - 1 },
      ArrowDown: { ...from, row: from.row + 1 },
      Home: { ...from, column: 0 },
      End: { ...from, column: columns - 1 },
    }
    const cell = to[event.key]
    if (!cell || columns === 0) return
    event.preventDefault()
    setAt({ row: within(layers, cell.row), column: within(columns, cell.column) })
  }
  function point({ currentTarget, clientX, clientY }: PointerEvent): void {
    const { left, top, width, height } = currentTarget.getBoundingClientRect()
    if (columns === 0) return
    const [row, column] = [Math.floor(((clientY - top) / height) * layers), Math.floor(((clientX - left) / width) * columns)]
    setAt({ row: within(layers, row), column: within(columns, column) })
  }
  const cursor: CSSProperties | null = at && {
    ...{ left: `${(100 * at.column) / columns}%`, width: `${100 / columns}%`, top: at.row * rowPx, height: rowPx },
  }
  return (
    <div className="heat">
      <div className="heat-names" aria-hidden="true">
        {Array.from({ length: layers }, (_, row) => (
          <div key={row} style={{ height: rowPx }}>
            {rowPx === ROW_PX || row % 2 === 0 ? nameAt(row) : ''}
          </div>
        ))}
      </div>
      <div
        className="heat-cells"
        style={{ height: layers * rowPx }}
        role="application"
        aria-roledescription="heat map"
        aria-label={`${measure.name} by layer and epoch`}
        aria-describedby={hint}
        tabIndex={0}
        onKeyDown={move}
        onPointerMove={point}
        onPointerDown={point}
      >
        <canvas ref={canvas} width={Math.max(1, columns)} height={layers} />
        {cursor && columns > 0 && <div className="heat-cursor" style={cursor} />}
      </div>
      <div className="heat-epochs" aria-hidden="true">
        <span>{epochs[0] ? `epoch ${epochs[0].epoch}` : ''}</span>
        <span>{columns > 1 ? `epoch ${epochs.at(-1)?.epoch}` : ''}</span>
      </div>
      <span id={hint} className="hidden">
        Arrow keys move from layer to layer and from epoch to epoch. A table below has the numbers.
      </span>
      <p className="heat-value" aria-live="polite">
        {formatCell({ at, epochs, measure, values, name: at ? nameAt(at.row) : '' })}
      </p>
      <Legend measure={measure} scale={scale} />
    </div>
  )
}

function formatCell(cell: {
  at: Cell | null
  epochs: readonly EpochLayers[]
  measure: LayerMeasure
  values: number[][]
  name: string
}): string {
  const { at, epochs, measure, values, name } = cell
  if (!at) return epochs.length === 0 ? '' : 'Point at a cell, or use the arrow keys, for its number.'
  const value = values[at.row]?.[at.column] ?? NaN
  return `Layer ${name}, epoch ${epochs[at.column]?.epoch ?? '–'}: ${measure.name.toLowerCase()} ${Number.isNaN(value) ? '–' : measure.format(value)}`
}

function Legend({ measure, scale: { low, high, log } }: { measure: LayerMeasure; scale: HeatScale }) {
  const [from, to] = low > high ? ['–', '–'] : [measure.format(low), measure.format(high)]
  return (
    <div className="heat-legend">
      <span>
        {measure.name}
        {log ? ', log scale' : ''}
      </span>
      <b>{from}</b>
      <span className="heat-bar" style={{ background: CIVIDIS_GRADIENT }} aria-hidden="true" />
      <b>{to}</b>
      <span className="muted">blank: none</span>
    </div>
  )
}

/** One pixel per cell, which CSS makes large. */
function paint(canvas: HTMLCanvasElement, { values, scale }: { values: readonly number[][]; scale: HeatScale }): void {
  const context = canvas.getContext('2d')
  const columns = values[0]?.length ?? 0
  if (!context || columns === 0) return
  const image = context.createImageData(columns, values.length)
  for (const [row, own] of values.entries())
    for (const [column, value] of own.entries()) {
      const place = scale.place(value)
      if (place !== null) image.data.set([...cividis(place), 255], 4 * (row * columns + column))
    }
  context.putImageData(image, 0, 0)
}
