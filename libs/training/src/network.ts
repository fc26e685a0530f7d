import { createVariable, filled, type Runtime, type Tensor, type Variable } from '@trainyard/tensorflow'
import { crossEntropy } from './cross-entropy.ts'
import { initialParameter } from './initial-parameters.ts'
import { linearBackward, linearForward, type LinearParameters } from './linear.ts'
import { liveState } from './live-state.ts'
import type { LiveState, Parameter, TrainingState } from './parameter.ts'
import { reluBackward, reluForward } from './relu.ts'

export interface NetworkShape {
  /** Numbers per image. */
  inputs: number
  /** Units of each hidden layer. */
  layerSizes: readonly number[]
  classes: number
  bias: boolean
}

export interface TrainableParameter {
  name: string
  value: Variable
  velocity: Variable
}

interface LinearLayer {
  weight: TrainableParameter
  bias: TrainableParameter | null
}

/** What one batch gives: everything that a step, the diagnostics and the tests look at. */
interface BatchGradients {
  /** (n, classes) */
  logits: Tensor
  /** (n) */
  losses: Tensor
  /** One per parameter, in the order of `parameterNames`. */
  gradients: Tensor[]
}

export interface Network {
  /** PyTorch's names: model.1.weight, model.1.bias, model.3.weight, … */
  parameterNames: readonly string[]
  /** (n, inputs) → (n, classes) */
  logits(x: Tensor): Tensor
  /** Forward and backward through one batch; `labels` (n) int32. */
  backward(x: Tensor, labels: Tensor): BatchGradients
  /** One step of SGD with momentum. */
  step(gradients: readonly Tensor[], options: { lr: number; momentum: number }): void
  state(epoch: number): LiveState
  dispose(): void
}

/** The notebook's network: flatten, then linear and ReLU for every hidden layer, then linear to the classes. */
export function createNetwork(tf: Runtime, shape: NetworkShape, start: { seed: number } | { state: TrainingState }): Network {
  const layers = createLayers(tf, shape, start)
  const parameters = layers.flatMap(({ weight, bias }) => (bias ? [weight, bias] : [weight]))
  const read = (): LinearParameters[] =>
    layers.map(({ weight, bias }) => ({ weight: weight.value.read(), bias: bias && bias.value.read() }))

  return {
    parameterNames: parameters.map(({ name }) => name),
    logits: (x) => tf.scope(() => forward(tf, x, read()).logits),
    backward: (x, labels) => {
      const found: BatchGradients[] = []
      tf.scope(() => {
        const values = read()
        const { inputs, logits } = forward(tf, x, values)
        const { losses, gradient } = crossEntropy(tf, logits, labels)
        const gradients = backward(tf, gradient, { values, inputs })
        found.push({ logits, losses, gradients })
        return [logits, losses, ...gradients]
      })
      const [result] = found
      if (!result) throw new Error('A batch gave no gradients')
      return result
    },
    step: (gradients, options) =>
      tf.scope(() => {
        const lr = tf.tensor(Float32Array.of(options.lr), { shape: [], dtype: 'float32' })
        const momentum = tf.tensor(Float32Array.of(options.momentum), { shape: [], dtype: 'float32' })
        parameters.forEach(({ value, velocity }, i) => {
          const gradient = gradients[i]
          if (gradient) value.applyMomentum({ velocity, gradient, lr, momentum })
        })
      }),
    state: (epoch) => liveState(tf, { epoch, parameters }),
    dispose: () => {
      for (const { value, velocity } of parameters) {
        value.dispose()
        velocity.dispose()
      }
    },
  }
}

/** Through all layers: what each linear layer was given, (n, units), and the logits, (n, classes). */
function forward(tf: Runtime, x: Tensor, values: readonly LinearParameters[]): { inputs: Tensor[]; logits: Tensor } {
  const inputs: Tensor[] = []
  let output = x
  values.forEach((value, layer) => {
    if (layer > 0) output = reluForward(tf, output)
    inputs.push(output)
    output = linearForward(tf, output, value)
  })
  return { inputs, logits: output }
}

/** Back from ∂loss/∂logits, last layer first: every parameter's gradient, in the order of the layers. */
function backward(
  tf: Runtime,
  gradient: Tensor,
  { values, inputs }: { values: readonly LinearParameters[]; inputs: readonly Tensor[] },
): Tensor[] {
  const gradients: Tensor[] = []
  let outputGradient: Tensor | null = gradient
  for (const [layer, value] of [...values.entries()].toReversed()) {
    const x = inputs[layer]
    if (!outputGradient || !x) break
    const layerGradients = linearBackward(tf, outputGradient, { ...value, x, needsInput: layer > 0 })
    gradients.unshift(layerGradients.weight, ...(layerGradients.bias ? [layerGradients.bias] : []))
    // a layer's input is the ReLU's output of the layer before
    outputGradient = layerGradients.input && reluBackward(tf, layerGradients.input, { output: x })
  }
  return gradients
}

function createLayers(tf: Runtime, shape: NetworkShape, start: { seed: number } | { state: TrainingState }): LinearLayer[] {
  const sizes = [shape.inputs, ...shape.layerSizes, shape.classes]
  const create = (name: string, dims: readonly number[], draw: { inputs: number; part: number }): TrainableParameter => {
    const variable = (initial: Tensor): Variable => {
      const created = createVariable(tf, initial)
      tf.dispose(initial)
      return created
    }
    const drawn = 'seed' in start
    return {
      name,
      value: variable(
        drawn ? initialParameter(tf, dims, { ...draw, seed: start.seed }) : restore(tf, { name, shape: dims }, start.state.parameters),
      ),
      velocity: variable(drawn ? filled(tf, dims, 0) : restore(tf, { name, shape: dims }, start.state.momenta)),
    }
  }
  return sizes.slice(1).map((units, layer) => {
    const inputs = sizes[layer] ?? 0
    const name = `model.${1 + 2 * layer}` // the Flatten is model.0, and a ReLU follows every Linear
    return {
      weight: create(`${name}.weight`, [inputs, units], { inputs, part: 2 * layer }),
      bias: shape.bias ? create(`${name}.bias`, [units], { inputs, part: 2 * layer + 1 }) : null,
    }
  })
}

function restore(tf: Runtime, { name, shape }: { name: string; shape: readonly number[] }, from: readonly Parameter[]): Tensor {
  const found = from.find((parameter) => parameter.name === name)
  if (!found || found.shape.join() !== shape.join())
    throw new Error(`The state to start from has no ${name} of shape (${shape.join(', ')})`)
  return tf.tensor(found.values, { shape, dtype: 'float32' })
}
