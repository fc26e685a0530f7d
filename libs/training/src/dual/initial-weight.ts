import type { Runtime, Tensor } from '@trainyard/tensorflow'
import { initialRows } from '../state/initial-parameters.ts'
import type { NetworkStart } from '../state/network-variables.ts'
import type { NumberArray, SavedModel } from '../layers/parameter.ts'
import { DUAL_NAMES } from './dual-names.ts'

/** Where a first weight in the dual form is counted from: drawn again from its seed whenever it is needed, or what the run began with. */
export type BaseWeight = { seed: number } | HeldWeight

interface HeldWeight {
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

/** Rows of the base, (count, units). */
export function baseRows(tf: Runtime, base: BaseWeight, rows: { first: number; count: number } & FirstShape): Tensor {
  const { first, count, inputs, units } = rows
  if ('seed' in base) return initialRows(tf, { first, count }, { inputs, units, seed: base.seed, part: 0 })
  return heldRows(tf, base.weight, rows)
}

/** Rows of an (inputs, units) array in memory. */
export function heldRows(tf: Runtime, values: Float32Array, rows: { first: number; count: number; units: number }): Tensor {
  const { first, count, units } = rows
  return tf.tensor(values.subarray(first * units, (first + count) * units), { shape: [count, units], dtype: 'float32' })
}

/** The base of a run in the dual form that starts so. */
export function baseOf(start: NetworkStart): BaseWeight {
  if ('seed' in start) return { seed: start.seed }
  const saved = 'state' in start ? start.state : start.model
  const own = savedBase(saved)
  if (own) return own
  const weight = floatsOf(saved.parameters, DUAL_NAMES.weight)
  if (!weight) throw new Error(`The state to start from has no ${DUAL_NAMES.weight}`)
  const velocity = 'state' in start ? floatsOf(start.state.momenta, DUAL_NAMES.weight) : null
  return { weight, velocity: velocity?.some((value) => value !== 0) ? velocity : null }
}

/** The base that a saved network in the dual form is counted from; null where its first weight is spelt out. */
export function savedBase({ buffers }: SavedModel): BaseWeight | null {
  const seed = buffers.find(({ name }) => name === DUAL_NAMES.seed)?.values[0]
  if (seed !== undefined) return { seed }
  const weight = floatsOf(buffers, DUAL_NAMES.base)
  return weight && { weight, velocity: floatsOf(buffers, DUAL_NAMES.baseVelocity) }
}

function floatsOf(arrays: readonly { name: string; values: NumberArray }[], wanted: string): Float32Array | null {
  const values = arrays.find(({ name }) => name === wanted)?.values
  return values instanceof Float32Array ? values : null
}
