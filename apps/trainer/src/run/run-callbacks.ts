import { type EpochLayers, evaluatedSplit, type ExperimentConfig, stepsPerEpoch, toJsonNumber } from '@trainyard/contracts'
import type { EpochResult, LayerSignal, TrainingCallbacks } from '@trainyard/training'
import type { CheckpointSchedule } from './checkpoint-schedule.ts'
import type { RunModel } from './run-model.ts'
import type { RunReports } from './run-reports.ts'

/** An evaluation's progress goes out at most this often. */
const REPORT_INTERVAL_MS = 250

/** Thrown at an epoch's end when the worker drains: the run stops there and goes on elsewhere. */
export class DrainedError extends Error {}

export interface CallbackDependencies {
  config: ExperimentConfig
  /** Images of the train split. */
  images: number
  reports: RunReports
  checkpoints: CheckpointSchedule
  model: RunModel
  /** True once the worker drains: the run ends after this epoch, with a checkpoint. */
  leaveAfterEpoch: () => boolean
}

/** Reports a run to the worker, and writes its checkpoints. */
export function runCallbacks(deps: CallbackDependencies): TrainingCallbacks {
  const { config, images, reports, checkpoints, model, leaveAfterEpoch } = deps
  const steps = stepsPerEpoch(images, config.batchSize)
  return {
    // the second half of it: before it, the images were multiplied with each other
    onPrepare: ({ fraction }) => reports.phase({ phase: 'prepare', fraction: (1 + fraction) / 2 }),
    onSteps: async ({ epoch, firstStep, losses }) => {
      await reports.send({ type: 'batches', epoch, firstStep, losses: Float32Array.from(losses) })
      const step = firstStep + losses.length - 1
      await reports.phase({ phase: 'train', fraction: step / steps, epoch, step })
    },
    onEvaluateBegin: ({ epoch }) => reports.phase({ phase: 'evaluate', fraction: 0, epoch, step: steps }),
    onEvaluateProgress: atMostEvery(REPORT_INTERVAL_MS, ({ epoch, fraction }) =>
      reports.phase({ phase: 'evaluate', fraction, epoch, step: steps }),
    ),
    onEpochEnd: async (result, state) => {
      await reports.send({ type: 'epoch', result: toEpochMessage(result, config), layerHashes: result.hashes.layerHashes })
      if (result.layers) await reports.send({ type: 'layers', layers: toLayersMessage(result.epoch, result.layers) })
      await model.atEpochEnd(result, state)
      if (result.epoch === config.epochs) return
      const leave = leaveAfterEpoch()
      await checkpoints.atEpochEnd(state, { now: leave })
      if (leave) throw new DrainedError('The worker drains')
    },
  }
}

/** Leaves out what comes sooner after the last. */
function atMostEvery<T>(intervalMs: number, report: (value: T) => Promise<void>): (value: T) => Promise<void> {
  let lastMs = performance.now()
  return async (value) => {
    if (performance.now() - lastMs < intervalMs) return
    lastMs = performance.now()
    await report(value)
  }
}

function toEpochMessage(result: EpochResult, config: ExperimentConfig) {
  const orNull = (value: number | null) => (value === null ? null : toJsonNumber(value))
  return {
    epoch: result.epoch,
    loss: toJsonNumber(result.loss),
    accuracy: toJsonNumber(result.accuracy),
    seconds: result.seconds,
    evalSplit: evaluatedSplit(config),
    evalLoss: orNull(result.evalLoss),
    evalAccuracy: orNull(result.evalAccuracy),
    evalTop5Accuracy: orNull(result.evalTop5Accuracy),
    weightsHash: result.hashes.weightsHash,
  }
}

function toLayersMessage(epoch: number, layers: readonly LayerSignal[]): EpochLayers {
  return {
    epoch,
    layers: layers.map(({ layer, kind, deadShare, ...numbers }) => ({
      layer,
      kind,
      outputNorm: toJsonNumber(numbers.outputNorm),
      mean: toJsonNumber(numbers.mean),
      std: toJsonNumber(numbers.std),
      preMean: toJsonNumber(numbers.preMean),
      preStd: toJsonNumber(numbers.preStd),
      deadShare,
      gradientNorm: toJsonNumber(numbers.gradientNorm),
      weightNorm: toJsonNumber(numbers.weightNorm),
      updateRatio: toJsonNumber(numbers.updateRatio),
    })),
  }
}
