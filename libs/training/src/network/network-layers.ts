import type { Runtime } from '@trainyard/tensorflow'
import type { Layer, TrainableParameter } from '../layers/layer.ts'
import { linearLayer } from '../layers/linear.ts'
import { type NormShape, normLayer } from '../layers/norm.ts'
import { reluLayer } from '../layers/relu.ts'
import type { VariableMaker } from '../state/network-variables.ts'
import { dualLayer } from '../dual/dual-layer.ts'
import type { DualSpace } from '../dual/dual-space.ts'
import { type MeasureWeight, measureParameter } from '../layers/weight-norms.ts'

export interface NetworkShape {
  /** Numbers per image. */
  inputs: number
  /** Units of each hidden layer. */
  layerSizes: readonly number[]
  classes: number
  bias: boolean
  /** Of every hidden layer; null: none. */
  norm: NormShape | null
}

/** A linear layer with what follows it: for a hidden layer a ReLU, and a norm before or after that. */
export interface Block {
  kind: 'hidden' | 'output'
  /** The weight itself, or the coefficients that stand for it in the dual form. */
  weight: TrainableParameter
  measureWeight: MeasureWeight
  layers: readonly Layer[]
  /** Which of `layers` is the ReLU; −1 in the output layer. */
  nonlinearity: number
}

export interface BlockMaking {
  make: VariableMaker
  /** What the first layer lives in; null: it takes pixels, (n, inputs). */
  space: DualSpace | null
}

/** The notebook's network, block by block. Names count modules as its torch.nn.Sequential does, in which the Flatten is model.0. */
export function networkBlocks(tf: Runtime, shape: NetworkShape, { make, space }: BlockMaking): Block[] {
  const { inputs, layerSizes, classes, bias, norm } = shape
  const sizes = [inputs, ...layerSizes, classes]
  let module = 0
  const nextName = (): string => `model.${(module += 1)}`

  const linear = (layer: number, units: number): { weight: TrainableParameter; measureWeight: MeasureWeight; layer: Layer } => {
    const fanIn = sizes[layer] ?? 0
    const name = nextName()
    const shift = bias ? make.linear(`${name}.bias`, [units], { inputs: fanIn, part: 2 * layer + 1 }) : null
    if (layer === 0 && space) return dualLayer(tf, space, { make, bias: shift })
    const weight = make.linear(`${name}.weight`, [fanIn, units], { inputs: fanIn, part: 2 * layer })
    const measureWeight = measureParameter(tf, weight)
    return { weight, measureWeight, layer: linearLayer(tf, { weight, bias: shift, needsInput: layer > 0 }) }
  }
  const relu = (): Layer => {
    nextName()
    return reluLayer(tf)
  }
  const hidden = (units: number, layer: number): Block => {
    const { layer: first, ...measured } = linear(layer, units)
    const before = norm?.position === 'before' ? [createNorm(tf, norm, { make, units, name: nextName() })] : []
    const layers = [first, ...before, relu()]
    const after = norm?.position === 'after' ? [createNorm(tf, norm, { make, units, name: nextName() })] : []
    return { kind: 'hidden', ...measured, layers: [...layers, ...after], nonlinearity: layers.length - 1 }
  }
  const blocks = layerSizes.map(hidden)
  const { layer, ...measured } = linear(layerSizes.length, classes)
  return [...blocks, { kind: 'output', ...measured, layers: [layer], nonlinearity: -1 }]
}

function createNorm(tf: Runtime, norm: NormShape, { make, units, name }: { make: VariableMaker; units: number; name: string }): Layer {
  return normLayer(tf, norm, {
    affine: norm.affine ? { scale: make.affine(`${name}.weight`, units, 1), shift: make.affine(`${name}.bias`, units, 0) } : null,
    running:
      norm.type === 'batch'
        ? { mean: make.buffer(`${name}.running_mean`, units, 0), variance: make.buffer(`${name}.running_var`, units, 1) }
        : null,
  })
}
