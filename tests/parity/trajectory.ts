import { type Runtime, wholeNumbers } from '@trainyard/tensorflow'
import { createNetwork, type EpochResult, type DeviceImages, train, type SavedState } from '@trainyard/training'
import { formulaOrder, formulaState, norm } from './formula.ts'
import { type Golden, goldenShape } from './golden.ts'

export interface Trajectory {
  firstStep: { order: Int32Array; logitsRow0: Float32Array; logitsNorm: number; gradNorms: Record<string, number> }
  stepLosses: number[][]
  history: EpochResult[]
  finalParameterNorms: Record<string, number>
}

/** Our side of a golden: its weights and order by formula, its hyperparameters, measured on the images that it trains on. */
export async function runTrajectory(tf: Runtime, golden: Golden, images: DeviceImages): Promise<Trajectory> {
  const shape = goldenShape(golden)
  const start = formulaState(tf, shape)
  const firstStep = measureFirstStep(tf, { golden, images, start })
  const stepLosses: number[][] = []
  let final: SavedState | null = null
  const history = await train(tf, {
    shape,
    trainImages: images,
    evalImages: images,
    batchSize: golden.batchSize,
    epochs: golden.epochs,
    lr: golden.learningRate,
    momentum: golden.momentum,
    seed: 0,
    start,
    order: (epoch) => formulaOrder(epoch, golden.samples),
    callbacks: [
      {
        onSteps: ({ epoch, losses }) => void (stepLosses[epoch - 1] ??= []).push(...losses),
        onEpochEnd: ({ epoch }, state) => void (epoch === golden.epochs && (final = state.read())),
      },
    ],
  })
  return { firstStep, stepLosses, history, finalParameterNorms: normsOf(final) }
}

function normsOf(state: SavedState | null): Record<string, number> {
  return Object.fromEntries([...(state?.parameters ?? []), ...(state?.buffers ?? [])].map(({ name, values }) => [name, norm(values)]))
}

function measureFirstStep(tf: Runtime, run: { golden: Golden; images: DeviceImages; start: SavedState }): Trajectory['firstStep'] {
  const network = createNetwork(tf, goldenShape(run.golden), { state: run.start })
  const order = formulaOrder(1, run.golden.samples)
  const { x, labels } = run.images.batch(wholeNumbers(tf, order.subarray(0, run.golden.batchSize)))
  const { logits, losses, gradients, traces } = network.backward(x, labels)
  const gradNorms = Object.fromEntries(
    network.parameterNames.map((name, i) => [name, gradients[i] ? norm(tf.readFloats(gradients[i])) : NaN]),
  )
  const values = tf.readFloats(logits)
  tf.dispose(x, labels, logits, losses, ...gradients, ...traces.flatMap((trace) => Object.values(trace)))
  network.dispose()
  return { order, logitsRow0: values.slice(0, run.golden.firstStep.logitsRow0.length), logitsNorm: norm(values), gradNorms }
}
