import { createVariable, filled, type Runtime, type Tensor, toDouble, toFloat, type Variable } from '@trainyard/tensorflow'
import { initialParameter } from './initial-parameters.ts'
import type { NetworkBuffer, TrainableParameter } from '../layers/layer.ts'
import type { NumberArray, Precision, SavedArray, SavedModel, SavedState } from '../layers/parameter.ts'

/** Drawn from a seed, gone on with from a checkpoint, or a trained model, whose momenta are zero. */
export type NetworkStart = { seed: number } | { state: SavedState } | { model: SavedModel }

/** Makes a network's variables, drawn or restored by name, all of one type. */
export interface VariableMaker {
  /** A linear layer's weight or bias, drawn from U(±1/√inputs). */
  linear(name: string, shape: readonly number[], draw: { inputs: number; part: number }): TrainableParameter
  /** A norm's scale or shift. */
  affine(name: string, units: number, initial: number): TrainableParameter
  buffer(name: string, units: number, initial: number): NetworkBuffer
  /** What only some starts have: restored where the start has it. */
  optional(name: string, shape: readonly number[], initial: { value: number; velocity: number }): TrainableParameter
  /** What never changes, of the values' own type, and stands in a state so that it is whole. */
  constant(name: string, shape: readonly number[], values: NumberArray): NetworkBuffer
}

/** `made` gets every variable, so that none is left behind where a later one does not fit. */
export function variableMaker(
  tf: Runtime,
  start: NetworkStart,
  { precision, made }: { precision: Precision; made: Variable[] },
): VariableMaker {
  const create = (initial: Tensor): Variable => {
    const created = createVariable(tf, initial)
    tf.keep(created.handle)
    made.push(created)
    return created
  }
  const variable = (initial: Tensor): Variable => {
    const typed = precision === 'float64' ? toDouble(tf, initial) : toFloat(tf, initial)
    const created = create(typed)
    tf.dispose(initial, typed)
    return created
  }
  const from = 'seed' in start ? null : 'state' in start ? start.state : start.model
  const momenta = 'state' in start ? start.state.momenta : null
  const trainable = (name: string, shape: readonly number[], draw: () => Tensor): TrainableParameter => ({
    name,
    value: variable(from ? restore(tf, { name, shape }, from.parameters) : draw()),
    velocity: variable(momenta ? restore(tf, { name, shape }, momenta) : filled(tf, shape, 0)),
  })
  return {
    linear: (name, shape, { inputs, part }) =>
      trainable(name, shape, () => initialParameter(tf, shape, { inputs, part, seed: 'seed' in start ? start.seed : 0 })),
    affine: (name, units, initial) => trainable(name, [units], () => filled(tf, [units], initial)),
    optional: (name, shape, initial) => {
      const known = from?.parameters.some((parameter) => parameter.name === name) ? from : null
      if (!known)
        return { name, value: variable(filled(tf, shape, initial.value)), velocity: variable(filled(tf, shape, initial.velocity)) }
      return {
        name,
        value: variable(restore(tf, { name, shape }, known.parameters)),
        velocity: variable(momenta ? restore(tf, { name, shape }, momenta) : filled(tf, shape, 0)),
      }
    },
    constant: (name, shape, values) => {
      const initial = toTensor(tf, { shape, values })
      const value = create(initial)
      tf.dispose(initial)
      return { name, value }
    },
    buffer: (name, units, initial) => ({
      name,
      value: variable(from ? restore(tf, { name, shape: [units] }, from.buffers) : filled(tf, [units], initial)),
    }),
  }
}

function restore(tf: Runtime, { name, shape }: { name: string; shape: readonly number[] }, from: readonly SavedArray[]): Tensor {
  const found = from.find((parameter) => parameter.name === name)
  if (!found || found.shape.join() !== shape.join())
    throw new Error(`The state to start from has no ${name} of shape (${shape.join(', ')})`)
  return toTensor(tf, found)
}

function toTensor(tf: Runtime, { shape, values }: Pick<SavedArray, 'shape' | 'values'>): Tensor {
  return values instanceof Float64Array ? tf.doubles(values, shape) : tf.tensor(values, { shape, dtype: 'float32' })
}
