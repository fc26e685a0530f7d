import { CLASSES, fromJsonNumber, type NormType, type ProbeCell, type ProbeRequest } from '@trainyard/contracts'
import { forecastLayers, imageMoments, RANDN_MOMENTS } from '@trainyard/planning'

/** A kind of network; a probe has each at every depth. */
export interface Kind {
  norm: NormType
  bias: boolean
}

/** A network that is predicted, and perhaps measured. */
export interface SignalCell extends Kind {
  depth: number
  /** Norm of the output layer's outputs for one batch. */
  predicted: number
  measured: Measured | null
}

interface Measured {
  mean: number
  /** Null for one draw. */
  std: number | null
  values: number[]
}

export const kindsOf = ({ norms, biases }: Pick<ProbeRequest, 'norms' | 'biases'>): Kind[] =>
  [...new Set(norms)].flatMap((norm) => [...new Set(biases)].map((bias) => ({ norm, bias })))

export const depthsOf = ({ depths }: Pick<ProbeRequest, 'depths'>): number[] => [...new Set(depths)].toSorted((a, b) => a - b)

/** Every network that the request asks for, kind by kind; `results`: what was measured of them. */
export function signalCells(request: ProbeRequest, results: readonly ProbeCell[]): SignalCell[] {
  return kindsOf(request).flatMap((kind) =>
    depthsOf(request).map((depth) => {
      const found = results.find((cell) => cell.norm === kind.norm && cell.bias === kind.bias && cell.depth === depth)
      return { ...kind, depth, predicted: predictedNorm(request, { ...kind, depth }), measured: found ? measuredOf(found) : null }
    }),
  )
}

function predictedNorm(request: ProbeRequest, { norm, bias, depth }: Kind & { depth: number }): number {
  const { width, imageSize, batchSize, input, normPosition, groupSize } = request
  const layers = forecastLayers({
    norm,
    bias,
    batchSize,
    classes: CLASSES,
    inputs: 3 * imageSize ** 2,
    layerSizes: Array.from({ length: depth }, () => width),
    normPosition: norm === 'none' || depth === 0 ? null : normPosition,
    groupSize: norm === 'group' ? groupSize : null,
    moments: input === 'randn' ? RANDN_MOMENTS : imageMoments(input, imageSize),
  })
  return layers.at(-1)?.outputNorm ?? Number.NaN
}

const measuredOf = ({ outputNorm: { mean, std, values } }: ProbeCell): Measured => ({
  mean: fromJsonNumber(mean),
  std: std === null ? null : fromJsonNumber(std),
  values: values.map(fromJsonNumber),
})

/** How many times the larger of both is the smaller; null where nothing, or no finite number, was measured. */
export function gapRatio({ predicted, measured }: SignalCell): number | null {
  const mean = measured?.mean ?? 0
  return mean > 0 && Number.isFinite(mean) ? Math.max(predicted / mean, mean / predicted) : null
}

/** Where the prediction is furthest from what was measured. */
export function largestGap(cells: readonly SignalCell[]): SignalCell | null {
  const [furthest] = cells.filter((cell) => gapRatio(cell) !== null).toSorted((a, b) => (gapRatio(b) ?? 0) - (gapRatio(a) ?? 0))
  return furthest ?? null
}
