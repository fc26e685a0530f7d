import type { Runtime, Tensor } from '@trainyard/tensorflow'
import type { Affine } from './affine.ts'
import { batchNormEvaluate, updatedAverages } from './batch-norm.ts'
import type { Layer, NetworkBuffer, Pass, TrainableParameter } from './layer.ts'
import { normBackward, normForward, type NormKind } from './normalise.ts'
import type { Moments } from './standardise.ts'

export interface NormShape extends NormKind {
  /** Seen from the nonlinearity. */
  position: 'before' | 'after'
  /** Learnable scale and shift. */
  affine: boolean
}

interface NormVariables {
  affine: { scale: TrainableParameter; shift: TrainableParameter } | null
  /** Batch norm's, else null. */
  running: { mean: NetworkBuffer; variance: NetworkBuffer } | null
}

/** A normalisation as a layer of a network, over (n, units). */
export function normLayer(tf: Runtime, { type, groupSize }: NormKind, variables: NormVariables): Layer {
  const { affine, running } = variables
  const read = (): Affine | null => affine && { scale: affine.scale.value.read(), shift: affine.shift.value.read() }
  const forward = (x: Tensor): Pass => {
    const values = read()
    const pass = normForward(tf, x, { type, groupSize, affine: values })
    if (running) updateAverages(tf, running, { ...pass.statistics(), count: x.shape[0] ?? 0 })
    return {
      output: pass.output,
      backward: (gradient) => {
        const { input, affine: gradients } = normBackward(tf, gradient, { ...pass, affine: values })
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

function updateAverages(tf: Runtime, running: { mean: NetworkBuffer; variance: NetworkBuffer }, batch: Moments & { count: number }): void {
  const next = updatedAverages(tf, { mean: running.mean.value.read(), variance: running.variance.value.read() }, batch)
  running.mean.value.assign(next.mean)
  running.variance.value.assign(next.variance)
}

function onlyInTraining(): never {
  throw new Error('Gradients are taken in training mode')
}
