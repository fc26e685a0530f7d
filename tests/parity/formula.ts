import type { Runtime } from '@trainyard/tensorflow'
import { createNetwork, type NetworkShape, type SavedArray, type SavedState } from '@trainyard/training'

/** MurmurHash3's 32-bit finaliser. */
function fmix32(value: number): number {
  let x = value >>> 0
  x ^= x >>> 16
  x = Math.imul(x, 0x85eb_ca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2_ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** The i-th number of a stream, in [0, 1). */
export function unit(stream: number, i: number): number {
  return fmix32((fmix32(stream) + i) >>> 0) / 2 ** 32
}

/** The order of an epoch (from 1), as PyTorch's side had it (from 0). */
export function formulaOrder(epoch: number, count: number): Int32Array {
  const keys = Float64Array.from({ length: count }, (_, i) => unit(2000 + epoch - 1, i))
  return Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b)
}

/** A network's beginning with its linear layers by formula; ours are (in, out) where PyTorch's are (out, in). Norms begin as they always do. */
export function formulaState(tf: Runtime, shape: NetworkShape): SavedState {
  const network = createNetwork(tf, shape, { seed: 0 })
  const state = network.state(0).read()
  network.dispose()
  const weights = state.parameters.filter(({ shape: dims }) => dims.length === 2)
  weights.forEach(({ name, shape: [fanIn = 0, units = 0], values }, layer) => {
    const at = (stream: number, i: number): number => (2 * unit(stream, i) - 1) / Math.sqrt(fanIn)
    for (let out = 0; out < units; out++) for (let i = 0; i < fanIn; i++) values[i * units + out] = at(2 * layer, out * fanIn + i)
    const bias = state.parameters.find((parameter) => parameter.name === name.replace('weight', 'bias'))
    bias?.values.forEach((_, i) => (bias.values[i] = at(2 * layer + 1, i)))
  })
  return state
}

export function norm(values: SavedArray['values']): number {
  let sum = 0
  for (const value of values) sum += value * value
  return Math.sqrt(sum)
}
