import { add, halfSquaredNorm, readMany, type Runtime, sumRows, type Tensor } from '@trainyard/tensorflow'
import type { LayerTrace, Network, NetworkLayer } from '../network/network.ts'
import { type NumberArray, sumOf } from '../layers/parameter.ts'
import type { WeightNorms } from '../layers/weight-norms.ts'

/** How the signal fared at one layer in one epoch: activations over all its images, gradients and weights at its last step. */
export interface LayerSignal {
  /** From 1; the last one is the output layer. */
  layer: number
  kind: 'hidden' | 'output'
  /** Norm of a batch's outputs, as the notebook's net(x).norm(); root mean square over the steps. */
  outputNorm: number
  /** Of all numbers after and before the nonlinearity; of the logits in the output layer. */
  mean: number
  std: number
  preMean: number
  preStd: number
  /** Share of units that the nonlinearity held at zero for every image; null in the output layer. */
  deadShare: number | null
  /** ‖∂loss/∂W‖ of the layer's weight W, at the last step. */
  gradientNorm: number
  weightNorm: number
  /** ‖ΔW‖ / ‖W‖ at the last step. */
  updateRatio: number
}

/** Gathers one epoch's signal. It only looks: the numbers of training stay what they are, and the sums stay on the device until the end. */
export interface SignalRecorder {
  /** A step's activations. */
  observe(traces: readonly LayerTrace[]): void
  /** After the epoch's last update, with that step's batch and its gradients. */
  finish(gradients: readonly Tensor[], options: { lr: number; x: Tensor }): LayerSignal[]
  dispose(): void
}

/** Over the steps so far: sums by unit (units) before and after the nonlinearity, and half the squares () of both and of the layer's output. */
type LayerSums = readonly Tensor[]
const SUMS = 5

export function createSignalRecorder(tf: Runtime, network: Network): SignalRecorder {
  let sums: LayerSums[] = []
  let rows = 0
  let steps = 0
  const dispose = (): void => {
    tf.dispose(...sums.flat())
    sums = []
    rows = steps = 0
  }
  return {
    observe: (traces) => {
      const before = sums
      sums = traces.map((trace, layer) => addSums(tf, trace, before[layer]))
      tf.dispose(...before.flat())
      rows += traces[0]?.output.shape[0] ?? 0
      steps += 1
    },
    finish: (gradients, { lr, x }) => {
      if (steps === 0) throw new Error('Finished before any step was observed')
      const signals = tf.scope(() => {
        const measured = network.layers.map(({ measureWeight, weightIndex, weight }) => {
          const gradient = gradients[weightIndex]
          if (!gradient) throw new Error(`No gradient of ${weight.name}`)
          return measureWeight({ gradient, x })
        })
        const numbers = readMany(tf, [...sums.flat(), ...measured.flatMap(({ scalars }) => scalars)])
        const sumsOfLayers = network.layers.map(() => numbers.splice(0, SUMS))
        return measured.map((weight, i) => {
          const kind = network.layers[i]?.kind ?? 'hidden'
          const values = numbers.splice(0, weight.scalars.length).map(([value = NaN]) => value)
          const activations = activationSignal(sumsOfLayers[i] ?? [], { rows, steps, kind })
          return { layer: i + 1, kind, ...activations, ...weightSignal(weight.norms(values), lr) }
        })
      })
      dispose()
      return signals
    },
    dispose: dispose,
  }
}

/** A step's sums added to those before it, kept until they are disposed of. */
function addSums(tf: Runtime, { before, after, output }: LayerTrace, earlier: LayerSums | undefined): LayerSums {
  return tf.scope(() => {
    const now = [sumRows(tf, before), sumRows(tf, after), ...[before, after, output].map((x) => halfSquaredNorm(tf, x))]
    return now.map((sum, i) => tf.keep(earlier?.[i] ? add(tf, [earlier[i], sum]) : sum))
  })
}

function activationSignal(
  sums: readonly NumberArray[],
  { rows, steps, kind }: { rows: number; steps: number; kind: NetworkLayer['kind'] },
): Pick<LayerSignal, 'outputNorm' | 'mean' | 'std' | 'preMean' | 'preStd' | 'deadShare'> {
  const [before, after, ...squares] = sums
  const [beforeSquares, afterSquares, outputSquares] = squares.map((half) => 2 * (half[0] ?? NaN))
  const count = rows * (before?.length ?? 0)
  const [preMean, preStd] = spread(before, { squares: beforeSquares, count })
  const [mean, std] = spread(after, { squares: afterSquares, count })
  return {
    outputNorm: Math.sqrt((outputSquares ?? NaN) / steps),
    mean,
    std,
    preMean,
    preStd,
    // a ReLU's outputs are never negative, so their sum is zero only where all of them are
    deadShare: kind === 'output' || !after ? null : after.filter((sum) => sum === 0).length / after.length,
  }
}

/** Mean and standard deviation of `count` numbers from their sums by unit and the sum of their squares. */
function spread(sums: NumberArray | undefined, { squares = NaN, count }: { squares: number | undefined; count: number }): [number, number] {
  const mean = (sums ? sumOf(sums) : NaN) / count
  return [mean, Math.sqrt(Math.max(0, squares / count - mean ** 2))]
}

function weightSignal(
  { weight, gradient, velocity }: WeightNorms,
  lr: number,
): Pick<LayerSignal, 'gradientNorm' | 'weightNorm' | 'updateRatio'> {
  return { gradientNorm: gradient, weightNorm: weight, updateRatio: (lr * velocity) / weight } // the last update was −lr · velocity
}
