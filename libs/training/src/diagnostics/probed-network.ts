import { add, matMul, multiply, type Runtime, type Tensor, wholeNumbers } from '@trainyard/tensorflow'
import { crossEntropy } from '../layers/cross-entropy.ts'
import { frobeniusNorm } from './frobenius-norm.ts'
import { initialParameter } from '../state/initial-parameters.ts'
import type { Pass } from '../layers/layer.ts'
import { sumOf } from '../layers/parameter.ts'
import { type NormShape, normLayer } from '../layers/norm.ts'
import { reluLayer } from '../layers/relu.ts'

/** One layer of a fresh network, with one batch through it. */
export interface ProbedLayer {
  /** From 1; the last one is the output layer. */
  layer: number
  kind: 'hidden' | 'output'
  /** Of what the layer hands on, (n, units). */
  outputNorm: number
  /** ‖∂loss/∂W‖ of its weight. */
  gradientNorm: number
  /** ‖∂loss/∂output‖ */
  outputGradientNorm: number
}

interface Sizes {
  depths: readonly number[]
  width: number
  inputs: number
  classes: number
  seed: number
}

/** What all networks of a draw share: the product with a layer's weight where its input is shared too, else the weight. */
export interface SharedProducts {
  /** (n, n): inner products of the images, for the first weight's gradient norm. */
  inputGram: Tensor
  labels: Tensor
  /** x · W of the first hidden layer (n, width), null at depth 0 only; and of the output layer without hidden ones (n, classes). */
  firstHidden: Tensor | null
  firstOutput: Tensor | null
  /** Weights (width, width) of hidden layers 2, 3, …, and biases (width) of all of them. */
  hiddenWeights: readonly Tensor[]
  hiddenBiases: readonly Tensor[]
  /** By depth: output weight (width, classes), null at depth 0, and bias (classes). */
  outputs: readonly { depth: number; weight: Tensor | null; bias: Tensor }[]
}

/** Draws what the networks of one seed have in common; parts are numbered as `createNetwork` does. */
export function sharedProducts(tf: Runtime, drawInput: () => Tensor, { depths, width, inputs, classes, seed }: Sizes): SharedProducts {
  const deepest = Math.max(...depths)
  const weight = (fanIn: number, units: number, layer: number): Tensor =>
    initialParameter(tf, [fanIn, units], { inputs: fanIn, seed, part: 2 * layer })
  const bias = (units: number, layer: number): Tensor =>
    initialParameter(tf, [units], { inputs: layer === 0 ? inputs : width, seed, part: 2 * layer + 1 })
  return tf.scope(() => {
    const x = drawInput()
    const product = (units: number): Tensor => {
      const w = weight(inputs, units, 0)
      const result = matMul(tf, [x, w])
      tf.dispose(w) // at once: it may be 100 MB
      return result
    }
    const labels = Array.from({ length: x.shape[0] ?? 0 }, (_, i) => i % classes)
    return {
      inputGram: matMul(tf, [x, x], { b: true }),
      labels: wholeNumbers(tf, labels),
      firstHidden: deepest > 0 ? product(width) : null,
      firstOutput: depths.includes(0) ? product(classes) : null,
      hiddenWeights: Array.from({ length: Math.max(0, deepest - 1) }, (_, i) => weight(width, width, i + 1)),
      hiddenBiases: Array.from({ length: deepest }, (_, layer) => bias(width, layer)),
      outputs: depths.map((depth) => ({ depth, weight: depth > 0 ? weight(width, classes, depth) : null, bias: bias(classes, depth) })),
    }
  })
}

export function disposeShared(tf: Runtime, { outputs, ...shared }: SharedProducts): void {
  tf.dispose(...Object.values(shared), ...outputs.flatMap(({ weight, bias }) => [weight, bias]))
}

interface NetworkKind {
  depths: readonly number[]
  norm: NormShape['type'] | 'none'
  normPosition: NormShape['position']
  groupSize: number
  bias: boolean
}

/** A layer on the way forwards, with all that the way back needs. */
interface PassedLayer {
  output: Tensor
  /** (n, n): inner products of its inputs. */
  inputGram: Tensor
  /** From ∂loss/∂output to ∂loss/∂(x · W + b), (n, units). */
  toProduct: (gradient: Tensor) => Tensor
  /** From ∂loss/∂(x · W + b) to ∂loss/∂x; null in the first layer. */
  toInput: ((gradient: Tensor) => Tensor) | null
}

/** Networks of all depths, forwards and backwards; those less deep are the beginnings of the deepest, each with its own output layer. */
export function probeNetworks(tf: Runtime, shared: SharedProducts, kind: NetworkKind): ProbedLayer[][] {
  return tf.scope(() => {
    const hidden = hiddenLayers(tf, shared, kind)
    // what one depth leaves behind is gone before the next: together they would be gigabytes for deep networks
    return kind.depths.map((depth) =>
      tf.scope(() => {
        const layers = [...hidden.slice(0, depth), outputLayer(tf, shared, { depth, last: hidden[depth - 1], bias: kind.bias })]
        return measure(tf, layers, shared.labels)
      }),
    )
  })
}

function hiddenLayers(tf: Runtime, shared: SharedProducts, { depths, norm, normPosition, groupSize, bias }: NetworkKind): PassedLayer[] {
  const relu = reluLayer(tf)
  const norms = norm === 'none' ? [] : [normLayer(tf, { type: norm, groupSize }, { affine: null, running: null })]
  const modules = normPosition === 'before' ? [...norms, relu] : [relu, ...norms]
  const layers: PassedLayer[] = []
  for (let layer = 0; layer < Math.max(...depths); layer++) {
    const { product, inputGram, toInput } = hiddenProduct(tf, shared, { layer, input: layers.at(-1)?.output })
    const shift = bias ? shared.hiddenBiases[layer] : undefined
    const passes: Pass[] = []
    let output = shift ? add(tf, [product, shift]) : product
    for (const module of modules) {
      const pass = module.forward(output, { training: true })
      passes.push(pass)
      output = pass.output
    }
    const toProduct = (gradient: Tensor): Tensor =>
      passes.toReversed().reduce((after, pass) => pass.backward(after).input ?? after, gradient)
    layers.push({ output, inputGram, toProduct, toInput })
  }
  return layers
}

function hiddenProduct(tf: Runtime, shared: SharedProducts, { layer, input }: { layer: number; input: Tensor | undefined }) {
  if (!input) return { product: present(shared.firstHidden), inputGram: shared.inputGram, toInput: null }
  return throughWeight(tf, input, present(shared.hiddenWeights[layer - 1]))
}

function outputLayer(
  tf: Runtime,
  shared: SharedProducts,
  { depth, last, bias }: { depth: number; last: PassedLayer | undefined; bias: boolean },
): PassedLayer {
  const own = present(shared.outputs.find((output) => output.depth === depth))
  const { product, inputGram, toInput } =
    last && own.weight
      ? throughWeight(tf, last.output, own.weight)
      : { product: present(shared.firstOutput), inputGram: shared.inputGram, toInput: null }
  return { output: bias ? add(tf, [product, own.bias]) : product, inputGram, toProduct: (gradient) => gradient, toInput }
}

function throughWeight(tf: Runtime, input: Tensor, weight: Tensor) {
  return {
    product: matMul(tf, [input, weight]),
    inputGram: matMul(tf, [input, input], { b: true }),
    toInput: (gradient: Tensor): Tensor => matMul(tf, [gradient, weight], { b: true }),
  }
}

/** Backwards from the cross-entropy, last layer first. */
function measure(tf: Runtime, layers: readonly PassedLayer[], labels: Tensor): ProbedLayer[] {
  const probed: ProbedLayer[] = []
  const logits = present(layers.at(-1)).output
  let gradient: Tensor | undefined = crossEntropy(tf, logits, labels).gradient
  for (const [i, { output, inputGram, toProduct, toInput }] of [...layers.entries()].toReversed()) {
    const outputGradient = present(gradient)
    const productGradient = toProduct(outputGradient)
    probed.unshift({
      layer: i + 1,
      kind: i === layers.length - 1 ? 'output' : 'hidden',
      outputNorm: frobeniusNorm(tf, output),
      gradientNorm: weightGradientNorm(tf, inputGram, productGradient),
      outputGradientNorm: frobeniusNorm(tf, outputGradient),
    })
    gradient = toInput?.(productGradient)
  }
  return probed
}

/** ‖xᵀ · δ‖ without the product itself: its square is the sum over i, j of (xᵢ · xⱼ)(δᵢ · δⱼ). */
function weightGradientNorm(tf: Runtime, inputGram: Tensor, gradient: Tensor): number {
  const gram = matMul(tf, [gradient, gradient], { b: true })
  const products = tf.readFloats(multiply(tf, [inputGram, gram]))
  return Math.sqrt(Math.max(0, sumOf(products)))
}

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('A probed network lacks a layer')
  return value
}
