import type { ProbeRequest } from '@trainyard/contracts'
import { largestGap, type Kind, kindsOf, depthsOf, type SignalCell, gapRatio } from './signal-cells.ts'

export const formatKind = ({ norm, bias }: Kind): string => `${norm === 'none' ? 'no norm' : `${norm} norm`}${bias ? '' : ', no bias'}`

/** Three digits say how large a norm is. */
export function formatNorm(norm: number): string {
  if (!Number.isFinite(norm) || norm === 0) return String(norm)
  if (norm >= 1e5 || norm < 1e-3) return norm.toExponential(2)
  return norm >= 100 ? norm.toFixed(0) : norm.toPrecision(3)
}

export function formatMeasured({ measured }: SignalCell): string {
  if (!measured) return '–'
  return measured.std === null ? formatNorm(measured.mean) : `${formatNorm(measured.mean)} ± ${formatNorm(measured.std)}`
}

/** depth 7, layer norm before ReLU, bias: output norm 5.1 ± 0.2, predicted 5.0 */
export function formatCell(cell: SignalCell, { normPosition }: Pick<ProbeRequest, 'normPosition'>): string {
  const measured = cell.measured ? `output norm ${formatMeasured(cell)}, predicted` : 'output norm not measured yet, predicted'
  return `${formatNetwork(cell, { normPosition })}: ${measured} ${formatNorm(cell.predicted)}`
}

export function formatNetwork({ depth, norm, bias }: SignalCell, { normPosition }: Pick<ProbeRequest, 'normPosition'>): string {
  return `depth ${depth}, ${norm === 'none' ? 'no norm' : `${norm} norm ${normPosition} ReLU`}, ${bias ? 'bias' : 'no bias'}`
}

/** What the lines and marks say of each other. */
export function formatLargestGap(cells: readonly SignalCell[], request: ProbeRequest): string {
  const furthest = largestGap(cells)
  const times = furthest && gapRatio(furthest)
  if (!furthest || times === null) return `The lines are predicted, from these fields alone. To measure draws ${formatNetworks(request)}.`
  const where = `depth ${furthest.depth} with ${formatKind(furthest)}`
  const numbers = `predicted ${formatNorm(furthest.predicted)}, measured ${formatMeasured(furthest)}`
  return `Prediction and measurement are at most ${times.toFixed(2)} times apart, at ${where}: ${numbers}.`
}

function formatNetworks(request: ProbeRequest): string {
  const networks = kindsOf(request).length * depthsOf(request).length * request.draws
  const input = request.input === 'randn' ? 'of random numbers' : `of ${request.input}`
  return `${networks === 1 ? '1 fresh network' : `${networks} fresh networks`} and sends a batch ${input} through each`
}
