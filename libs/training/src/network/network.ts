import { castLike, DTYPE, type Runtime, scalarLike, type Tensor, type Variable } from '@trainyard/tensorflow'
import { crossEntropy } from '../layers/cross-entropy.ts'
import type { Pass, PassMode, TrainableParameter } from '../layers/layer.ts'
import { trainingState } from '../state/training-state.ts'
import { type Block, networkBlocks, type NetworkShape } from './network-layers.ts'
import { type NetworkStart, variableMaker } from '../state/network-variables.ts'
import type { TrainingState, Precision } from '../layers/parameter.ts'
import type { DualSpace } from '../dual/dual-space.ts'
import type { MeasureWeight } from '../layers/weight-norms.ts'
import { hashWeights, type WeightsHashes } from '../state/weights-hash.ts'

/** What went through one layer of the network: a linear layer, its nonlinearity and its norm. */
export interface LayerTrace {
  /** (n, units): what the nonlinearity was given, and what it gave; both the logits in the output layer. */
  before: Tensor
  after: Tensor
  /** (n, units): what the layer hands on. */
  output: Tensor
}

/** What one batch gives: everything that a step, the diagnostics and the tests look at. */
interface BatchGradients {
  /** (n, classes) */
  logits: Tensor
  /** (n) */
  losses: Tensor
  /** One per parameter, in the order of `parameters`. */
  gradients: Tensor[]
  /** One per layer, first to last. */
  traces: LayerTrace[]
}

/** A hidden layer or the output layer, as the diagnostics see it. */
export interface NetworkLayer {
  kind: 'hidden' | 'output'
  /** The weight itself, or the coefficients that stand for it in the dual form. */
  weight: TrainableParameter
  measureWeight: MeasureWeight
  /** The place of the weight's gradient among a batch's. */
  weightIndex: number
}

export interface Network {
  /** PyTorch's names: model.1.weight, model.1.bias, model.3.weight, … */
  parameterNames: readonly string[]
  layers: readonly NetworkLayer[]
  /** In evaluation mode: (n, inputs) → (n, classes); in the dual form x is the images' numbers, (n) int64. */
  logits(x: Tensor): Tensor
  /** Forward and backward through one batch, in training mode; x as above, `labels` (n) int32 or int64. */
  backward(x: Tensor, labels: Tensor): BatchGradients
  /** One step of SGD with momentum. */
  step(gradients: readonly Tensor[], options: { lr: number; momentum: number }): void
  state(epoch: number): TrainingState
  /** Of the weights as they are now, and batch norm's running averages with them. */
  hashes(): WeightsHashes
  dispose(): void
}

export interface NetworkKind {
  /** What the first layer lives in, with all numbers in float64; null: it takes pixels. */
  space?: DualSpace | null
  /** Over pixels; float32 by default. */
  precision?: Precision
}

/** The notebook's network: flatten, then linear, ReLU and perhaps a norm for every hidden layer, then linear to the classes. */
export function createNetwork(tf: Runtime, shape: NetworkShape, start: NetworkStart & NetworkKind): Network {
  const { space = null } = start
  const precision = space ? 'float64' : (start.precision ?? 'float32')
  const numbers = { dtype: DTYPE[precision] }
  const made: Variable[] = []
  const dispose = (): void => {
    for (const variable of made) variable.dispose()
  }
  const blocks: Block[] = []
  try {
    tf.scope(() => void blocks.push(...networkBlocks(tf, shape, { make: variableMaker(tf, start, { precision, made }), space })))
  } catch (error) {
    dispose() // what was made before the one that did not fit
    throw error
  }
  const inputOf = (x: Tensor): Tensor => (space ? x : castLike(tf, x, numbers))
  const parameters = blocks.flatMap(({ layers }) => layers.flatMap((layer) => layer.parameters))
  const buffers = blocks.flatMap(({ layers }) => layers.flatMap((layer) => layer.buffers))

  return {
    parameterNames: parameters.map(({ name }) => name),
    layers: blocks.map(({ kind, weight, measureWeight }) => ({ kind, weight, measureWeight, weightIndex: parameters.indexOf(weight) })),
    logits: (x) => tf.scope(() => forward(inputOf(x), blocks, { training: false }).logits),
    backward: (x, labels) =>
      tf.scope(() => {
        const { passes, logits, traces } = forward(inputOf(x), blocks, { training: true })
        const { losses, gradient } = crossEntropy(tf, logits, labels)
        return { logits, losses, gradients: backward(gradient, passes), traces }
      }),
    step: (gradients, options) =>
      tf.scope(() => {
        const rates = { lr: scalarLike(tf, numbers, options.lr), momentum: scalarLike(tf, numbers, options.momentum) }
        parameters.forEach(({ value, velocity }, i) => {
          const gradient = gradients[i]
          if (gradient) value.applyMomentum({ velocity, gradient, ...rates })
        })
      }),
    state: (epoch) => trainingState(tf, { epoch, parameters, buffers }),
    hashes: () =>
      hashWeights(
        tf,
        blocks.map(({ layers }) => layers.flatMap((layer) => [...layer.parameters, ...layer.buffers])),
      ),
    dispose,
  }
}

/** Through all layers: how each was passed, (n, units), and the logits, (n, classes). */
function forward(x: Tensor, blocks: readonly Block[], mode: PassMode): { passes: Pass[]; traces: LayerTrace[]; logits: Tensor } {
  const passes: Pass[] = []
  const traces: LayerTrace[] = []
  let output = x
  for (const { layers, nonlinearity } of blocks) {
    const outputs = layers.map((layer) => {
      const pass = layer.forward(output, mode)
      passes.push(pass)
      return (output = pass.output)
    })
    traces.push({ before: outputs[nonlinearity - 1] ?? output, after: outputs[nonlinearity] ?? output, output })
  }
  return { passes, traces, logits: output }
}

/** Back from ∂loss/∂logits, last layer first: every parameter's gradient, in the order of the layers. */
function backward(gradient: Tensor, passes: readonly Pass[]): Tensor[] {
  const gradients: Tensor[][] = []
  let outputGradient: Tensor | null = gradient
  for (const pass of passes.toReversed()) {
    if (!outputGradient) break
    const { input, gradients: own } = pass.backward(outputGradient)
    gradients.unshift(own)
    outputGradient = input
  }
  return gradients.flat()
}
