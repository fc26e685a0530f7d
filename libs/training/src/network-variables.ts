import { createVariable, filled, type Runtime, type Tensor, type Variable } from '@trainyard/tensorflow'
import { initialParameter } from './initial-parameters.ts'
import type { NetworkBuffer, TrainableParameter } from './layer.ts'
import type { ModelState, Parameter, TrainingState } from './parameter.ts'

/** Drawn from a seed, gone on with from a checkpoint, or a trained model, whose momenta are zero. */
export type NetworkStart = { seed: number } | { state: TrainingState } | { model: ModelState }

/** Makes a network's variables, drawn or restored by name. */
export interface VariableMaker {
  /** A linear layer's weight or bias, drawn from U(±1/√inputs). */
  linear(name: string, shape: readonly number[], draw: { inputs: number; part: number }): TrainableParameter
  /** A norm's scale or shift. */
  affine(name: string, units: number, initial: number): TrainableParameter
  buffer(name: string, units: number, initial: number): NetworkBuffer
}

export function variableMaker(tf: Runtime, start: NetworkStart): VariableMaker {
  const variable = (initial: Tensor): Variable => {
    const created = createVariable(tf, initial)
    tf.dispose(initial)
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
    buffer: (name, units, initial) => ({
      name,
      value: variable(from ? restore(tf, { name, shape: [units] }, from.buffers) : filled(tf, [units], initial)),
    }),
  }
}

function restore(tf: Runtime, { name, shape }: { name: string; shape: readonly number[] }, from: readonly Parameter[]): Tensor {
  const found = from.find((parameter) => parameter.name === name)
  if (!found || found.shape.join() !== shape.join())
    throw new Error(`The state to start from has no ${name} of shape (${shape.join(', ')})`)
  return tf.tensor(found.values, { shape, dtype: 'float32' })
}
