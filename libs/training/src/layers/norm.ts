import type { Runtime, Tensor } from '@trainyard/tensorflow'
import type { Affine } from './affine.ts'
import { batchNormBackward, batchNormEvaluate, batchNormForward, updatedAverages } from './batch-norm.ts'
import { groupNormBackward, groupNormForward } from './group-norm.ts'
import { layerNormBackward, layerNormForward } from './layer-norm.ts'
import type { Layer, NetworkBuffer, Pass, TrainableParameter } from './layer.ts'
import type { NormGradients, NormPass } from './norm-pass.ts'
import type { Moments } from './standardise.ts'

export interface NormShape {
  type: 'batch' | 'layer' | 'group'
  /** Seen from the nonlinearity. */
  position: 'before' | 'after'
  /** Learnable scale and shift. */
  affine: boolean
  /** Channels per group, for group norm. */
  groupSize: number
}

interface NormVariables {
  affine: { scale: TrainableParameter; shift: TrainableParameter } | null
  /** Batch norm's, else null. */
  running: { mean: NetworkBuffer; variance: NetworkBuffer } | null
}

/** A normalisation as a layer of a network, over (n, units). */
export function normLayer(tf: Runtime, { type, groupSize }: Pick<NormShape, 'type' | 'groupSize'>, variables: NormVariables): Layer {
  const { affine, running } = variables
  const read = (): Affine | null => affine && { scale: affine.scale.value.read(), shift: affine.shift.value.read() }
  const forward = (x: Tensor): Pass => {
    const values = read()
    const options = { groupSize, affine: values }
    const pass = forwardOf(tf, x, { type, ...options })
    if (running) updateAverages(tf, running, { ...pass.statistics(), count: x.shape[0] ?? 0 })
    return {
      output: pass.output,
      backward: (gradient) => {
        const { input, affine: gradients } = backwardOf(tf, gradient, { type, ...pass, ...options })
        return { input, gradients: gradients ? [gradients.scale, gradients.shift] : [] }
      },
    }
  }
  return {
    parameters: affine ? [affine.scale, affine.shift] : [],
    buffers: running ? [running.mean, running.variance] : [],
    forward: (x, { training }) => {
      if (!running || training) return forward(x)
      const averages = { mean: running.mean.value.read(), variance: running.variance.value.read() }
      return { output: batchNormEvaluate(tf, x, { running: averages, affine: read() }), backward: onlyInTraining }
    },
  }
}

interface NormKind {
  type: NormShape['type']
  groupSize: number
  affine: Affine | null
}

function forwardOf(tf: Runtime, x: Tensor, { type, groupSize, affine }: NormKind): NormPass {
  if (type === 'batch') return batchNormForward(tf, x, affine)
  if (type === 'layer') return layerNormForward(tf, x, affine)
  return groupNormForward(tf, x, { groupSize, affine })
}

function backwardOf(tf: Runtime, gradient: Tensor, pass: NormPass & NormKind): NormGradients {
  if (pass.type === 'batch') return batchNormBackward(tf, gradient, pass)
  if (pass.type === 'layer') return layerNormBackward(tf, gradient, pass)
  return groupNormBackward(tf, gradient, pass)
}

function updateAverages(tf: Runtime, running: { mean: NetworkBuffer; variance: NetworkBuffer }, batch: Moments & { count: number }): void {
  const next = updatedAverages(tf, { mean: running.mean.value.read(), variance: running.variance.value.read() }, batch)
  running.mean.value.assign(next.mean)
  running.variance.value.assign(next.variance)
}

function onlyInTraining(): never {
  throw new Error('Gradients are taken in training mode')
}
