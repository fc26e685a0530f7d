import type { Runtime, Tensor } from '@trainyard/tensorflow'
import { initialRows } from '../state/initial-parameters.ts'
import type { NetworkStart } from '../state/network-variables.ts'
import type { NumberArray, SavedModel } from '../layers/parameter.ts'
import { DUAL_NAMES } from './dual-names.ts'

/** What a first weight in the dual form starts from: drawn from its seed whenever it is needed, or what the run began with. */
export type InitialWeight = { seed: number } | GivenWeight

interface GivenWeight {
  /** (inputs, units) */
  weight: Float32Array
  /** The momentum that it came with; null: none. */
  velocity: Float32Array | null
}

/** Of a network's first layer. */
export interface FirstShape {
  inputs: number
  units: number
}

/** Rows of the initial weight, (count, units). */
export function initialWeightRows(tf: Runtime, initial: InitialWeight, rows: { first: number; count: number } & FirstShape): Tensor {
  const { first, count, inputs, units } = rows
  if ('seed' in initial) return initialRows(tf, { first, count }, { inputs, units, seed: initial.seed, part: 0 })
  return arrayRows(tf, initial.weight, rows)
}

/** Rows of an (inputs, units) array in memory. */
export function arrayRows(tf: Runtime, values: Float32Array, rows: { first: number; count: number; units: number }): Tensor {
  const { first, count, units } = rows
  return tf.tensor(values.subarray(first * units, (first + count) * units), { shape: [count, units], dtype: 'float32' })
}

/** The initial weight of a run in the dual form that starts so. */
export function initialWeightOf(start: NetworkStart): InitialWeight {
  if ('seed' in start) return { seed: start.seed }
  const saved = 'state' in start ? start.state : start.model
  const own = savedInitialWeight(saved)
  if (own) return own
  const weight = floatsOf(saved.parameters, DUAL_NAMES.weight)
  if (!weight) throw new Error(`The state to start from has no ${DUAL_NAMES.weight}`)
  const velocity = 'state' in start ? floatsOf(start.state.momenta, DUAL_NAMES.weight) : null
  return { weight, velocity: velocity?.some((value) => value !== 0) ? velocity : null }
}

/** The initial weight of a saved network in the dual form; null where its first weight is held as it is. */
export function savedInitialWeight({ buffers }: SavedModel): InitialWeight | null {
  const seed = buffers.find(({ name }) => name === DUAL_NAMES.seed)?.values[0]
  if (seed !== undefined) return { seed }
  const weight = floatsOf(buffers, DUAL_NAMES.initialWeight)
  return weight && { weight, velocity: floatsOf(buffers, DUAL_NAMES.initialVelocity) }
}

function floatsOf(arrays: readonly { name: string; values: NumberArray }[], wanted: string): Float32Array | null {
  const values = arrays.find(({ name }) => name === wanted)?.values
  return values instanceof Float32Array ? values : null
}
