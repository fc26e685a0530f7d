import { fromJsonNumber, type JsonNumber, type Probe, type ProbeCell } from '@trainyard/contracts'
import { plotLines, type Series } from '../terminal/terminal-plot.ts'
import { tableLines } from '../terminal/text-table.ts'

const MARKS = ['o', '+', 'x', '*', '#', '%', '@', '&']
const ROWS = 13
const MAX_COLUMNS = 64
/** The axis' width and the terminal's edge. */
const AXIS_COLUMNS = 12

interface Look {
  /** Of the terminal. */
  columns: number
  paint: (text: string, series: number) => string
}

/** The notebook's table and its picture: output norm by depth, a column for each kind of network. */
export function depthReport({ request, results }: Probe, look: Look): string[] {
  const kinds = kindsOf(results)
  const rows = request.depths.map((depth) => ({ depth, cells: kinds.map(({ cells }) => cells.find((cell) => cell.depth === depth)) }))
  const columns = kinds.map(({ name }, i) => ({
    title: name,
    value: ({ cells }: (typeof rows)[number]) => normText(cells[i]?.outputNorm),
    align: 'right' as const,
    minWidth: 8,
  }))
  const { header, lines } = tableLines([{ title: 'depth', value: ({ depth }) => `${depth}`, align: 'right' }, ...columns], rows)
  const series = kinds.map(({ name, cells }, i) => ({
    name,
    mark: markOf(i),
    points: cells.map(({ depth, outputNorm }) => ({ x: depth, y: fromJsonNumber(outputNorm.mean) })),
  }))
  return [
    `output norm of ${inputOf(request)}, by depth`,
    '',
    header,
    ...lines,
    '',
    ...plot(series, { ...look, xLabel: 'depth', yLabel: 'output norm' }),
  ]
}

/** How the gradient fares on its way back through the deepest network. */
export function gradientReport({ request, results }: Probe, look: Look): string[] {
  const deepest = Math.max(...request.depths)
  const kinds = kindsOf(results.filter(({ depth }) => depth === deepest)).map(({ name, cells }) => ({
    name,
    layers: cells[0]?.layers ?? [],
  }))
  const layers = kinds[0]?.layers ?? []
  const columns = kinds.map(({ name, layers: own }) => ({
    title: name,
    value: ({ layer }: { layer: number }) => shortNumber(own.find((each) => each.layer === layer)?.outputGradientNorm ?? 'NaN'),
    align: 'right' as const,
    minWidth: 8,
  }))
  const { header, lines } = tableLines([{ title: 'layer', value: ({ layer }) => `${layer}`, align: 'right' }, ...columns], layers)
  const series = kinds.map(({ name, layers: own }, i) => ({
    name,
    mark: markOf(i),
    points: own.map(({ layer, outputGradientNorm }) => ({ x: layer, y: fromJsonNumber(outputGradientNorm) })),
  }))
  const title = `norm of the loss's gradient by each layer's outputs, at depth ${deepest}: it comes from the last layer`
  return [title, '', header, ...lines, '', ...plot(series, { ...look, xLabel: 'layer', yLabel: 'gradient norm' })]
}

interface Kind {
  name: string
  cells: ProbeCell[]
}

/** Networks by norm and, where both are asked for, by bias. */
function kindsOf(results: readonly ProbeCell[]): Kind[] {
  const withBoth = new Set(results.map(({ bias }) => bias)).size > 1
  const named = Map.groupBy(results, ({ norm, bias }) => (withBoth ? `${norm}, ${bias ? 'bias' : 'no bias'}` : norm))
  return [...named].map(([name, cells]) => ({ name, cells }))
}

function inputOf({ input, batchSize, imageSize, width, draws, biases, norms, normPosition }: Probe['request']): string {
  const what = input === 'randn' ? `randn(${batchSize}, 3, ${imageSize}, ${imageSize})` : `${batchSize} images of ${input}`
  const bias = biases.length === 1 && biases[0] === false ? ', no biases' : ''
  const after = normPosition === 'after' && norms.some((norm) => norm !== 'none') ? ', norm after the ReLU' : ''
  return `${what} through layers of ${width} units${bias}${after}, ${draws === 1 ? 'one draw' : `${draws} draws`}`
}

function plot(series: readonly Series[], { columns, paint, xLabel, yLabel }: Look & { xLabel: string; yLabel: string }): string[] {
  return plotLines({ series, xLabel, yLabel, log: true, columns: Math.min(MAX_COLUMNS, columns - AXIS_COLUMNS), rows: ROWS, paint })
}

const markOf = (i: number): string => MARKS[i % MARKS.length] ?? 'o'

function normText(norm: ProbeCell['outputNorm'] | undefined): string {
  if (!norm) return ''
  return norm.std === null ? shortNumber(norm.mean) : `${shortNumber(norm.mean)} ± ${shortNumber(norm.std)}`
}

/** Four digits. */
function shortNumber(value: JsonNumber): string {
  const number = fromJsonNumber(value)
  if (!Number.isFinite(number)) return String(value)
  return number !== 0 && Math.abs(number) < 1e-3 ? number.toExponential(2) : number.toPrecision(4)
}
