import { fromJsonNumber, type JsonNumber, type LayerRow, type NormType } from '@trainyard/contracts'

/** What the signal did in a trained network, where, and what to change. */
export interface LayerFinding {
  severity: 'bad' | 'warning' | 'good'
  layers: readonly number[]
  words: string
}

/** Reported from here on; docs/signal.md explains the measures. */
const DEAD = 0.5
const NEARLY_ALL_DEAD = 0.9
/** The output layer's gradient against a hidden one's. */
const VANISHING_RATIO = 10
/** The first hidden layer's gradient against the last one's, as in the forecast. */
const EXPLODING_RATIO = 100
/** A thousandth per step is a good pace; a tenth of that is slow, a hundredth stands still, thirty times as much is rough. */
const SLOW_UPDATE = 1e-4
const STANDING_UPDATE = 1e-5
const ROUGH_UPDATE = 0.03

interface Layer {
  layer: number
  hidden: boolean
  gradient: number
  update: number
  dead: number
  numbers: readonly number[]
}

/** What is wrong in the latest epoch of `rows`, worst first, or that nothing is; nothing at all where no layer is recorded. */
export function layerFindings(rows: readonly LayerRow[], { norm = 'none' }: { norm?: NormType } = {}): LayerFinding[] {
  const last = rows.reduce((epoch, row) => Math.max(epoch, row.epoch), 0)
  const layers = rows.filter(({ epoch }) => epoch === last).map(readLayer)
  if (layers.length === 0) return []
  const all = layers.map(({ layer }) => layer)
  if (layers.every(({ hidden }) => !hidden)) {
    const words = 'There is no hidden layer: nothing can be lost on the way.'
    return [...diverged(layers), ...pace(layers), { severity: 'good', layers: all, words } as const].slice(0, 1)
  }
  const findings = [...diverged(layers), ...dead(layers), ...vanishing(layers, norm), ...exploding(layers), ...pace(layers)]
  if (findings.length === 0) return [{ severity: 'good', layers: all, words: 'The signal reaches every layer.' }]
  // the order above holds among equals
  return findings.toSorted((a, b) => Number(a.severity !== 'bad') - Number(b.severity !== 'bad'))
}

function readLayer({ layer, kind, gradientNorm, updateRatio, deadShare, outputNorm, std, weightNorm }: LayerRow): Layer {
  const number = (value: JsonNumber): number => fromJsonNumber(value)
  const [gradient, update] = [number(gradientNorm), number(updateRatio)]
  return {
    ...{ layer, hidden: kind === 'hidden', gradient, update },
    dead: deadShare === null ? 0 : number(deadShare),
    numbers: [gradient, update, ...[outputNorm, std, weightNorm].map(number)],
  }
}

function diverged(layers: readonly Layer[]): LayerFinding[] {
  const lost = layers.filter(({ numbers }) => !numbers.every(Number.isFinite))
  const words = 'numbers there are no longer finite, the training has diverged. Lower lr, or add norm layer or batch.'
  return finding(lost, 'bad', words)
}

function dead(layers: readonly Layer[]): LayerFinding[] {
  const found = layers.filter((layer) => layer.dead >= DEAD)
  const nearlyAll = found.some((layer) => layer.dead >= NEARLY_ALL_DEAD)
  const share = range(
    found.map((layer) => layer.dead),
    percent,
  )
  const words = `${share} of the units are zero for every image, and no gradient passes a dead unit. Lower lr, or put a norm before the nonlinearity.`
  return finding(found, nearlyAll ? 'bad' : 'warning', words)
}

/** Both at once: the gradient is small, and so is the update, relative to these weights. */
function vanishing(layers: readonly Layer[], norm: NormType): LayerFinding[] {
  const output = layers.find(({ hidden }) => !hidden)?.gradient ?? NaN
  const isWeak = ({ hidden, gradient, update }: Layer): boolean =>
    hidden && output > 0 && output / gradient > VANISHING_RATIO && update < SLOW_UPDATE
  const weak = layers.filter(isWeak)
  const ratio = Math.max(...weak.map(({ gradient }) => output / gradient))
  const smaller = Number.isFinite(ratio) ? `the gradient is up to ${times(ratio)} times smaller than at the output` : 'no gradient arrives'
  const stands = weak.some(({ update }) => update < STANDING_UPDATE)
  const learned = stands ? 'nothing is learned there' : 'little is learned there'
  const remedy = norm === 'none' ? 'Add norm layer or batch, or lower depth.' : 'Put the norm before the nonlinearity, or lower depth.'
  return finding(weak, stands ? 'bad' : 'warning', `${smaller}; ${learned}. ${remedy}`)
}

function exploding(layers: readonly Layer[]): LayerFinding[] {
  const hidden = layers.filter((layer) => layer.hidden)
  const last = hidden.at(-1)?.gradient ?? NaN
  const found = hidden.filter(({ gradient }) => last > 0 && gradient / last > EXPLODING_RATIO)
  const ratio = times(Math.max(...found.map(({ gradient }) => gradient / last)))
  const words = `the gradient is up to ${ratio} times the last hidden layer's: it grows on its way back. Use norm layer, fewer layers, or a lower lr.`
  return finding(found, 'bad', words)
}

/** How fast weights change; vanishing() reports those that no gradient reaches. */
function pace(layers: readonly Layer[]): LayerFinding[] {
  const rough = layers.filter(({ update }) => update > ROUGH_UPDATE)
  const output = layers.find(({ hidden }) => !hidden)
  // where the output layer moves, layers that stand still lack a gradient, not a larger step
  const slow =
    output && output.update < STANDING_UPDATE && output.gradient > 0 ? layers.filter(({ update }) => update < STANDING_UPDATE) : []
  const share = (found: readonly Layer[]): string =>
    range(
      found.map(({ update }) => update),
      scientific,
    )
  const pacing = 'about 1e-3 is a good pace'
  return [
    ...finding(rough, 'warning', `a step changes the weights by ${share(rough)} of their size, which is rough: ${pacing}. Lower lr.`),
    ...finding(
      slow,
      'warning',
      `a step changes the weights by ${share(slow)} of their size, which is next to nothing: ${pacing}. Raise lr.`,
    ),
  ]
}

function finding(found: readonly Layer[], severity: 'bad' | 'warning', words: string): LayerFinding[] {
  const layers = found.map(({ layer }) => layer)
  return layers.length === 0 ? [] : [{ severity, layers, words: `${formatLayers(layers)}: ${words}` }]
}

/** [1, 2, 3, 7] → Layers 1 to 3 and 7. */
function formatLayers(layers: readonly number[]): string {
  const runs: [first: number, last: number][] = []
  for (const layer of layers) {
    const run = runs.at(-1)
    if (run && run[1] === layer - 1) run[1] = layer
    else runs.push([layer, layer])
  }
  const parts = runs.flatMap(([first, last]) =>
    last - first === 1 ? [`${first}`, `${last}`] : [first === last ? `${first}` : `${first} to ${last}`],
  )
  const listed = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : parts.join('')
  return `${layers.length === 1 ? 'Layer' : 'Layers'} ${listed}`
}

function range(values: readonly number[], format: (value: number) => string): string {
  const [low, high] = [format(Math.min(...values)), format(Math.max(...values))]
  return low === high ? low : `${low} to ${high}`
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`
const scientific = (value: number): string => value.toExponential(0)
/** Two digits say how much. */
const times = (ratio: number): string => (ratio >= 10 ? String(Number(ratio.toPrecision(2))) : ratio.toFixed(1))
