import type { LayerSignal } from '../diagnostics/layer-signal.ts'
import type { TrainingState } from '../layers/parameter.ts'
import type { WeightsHashes } from '../state/weights-hash.ts'

/** What an epoch's steps give. */
export interface TrainedEpoch {
  /** Plain mean of the steps' losses, as the notebook prints it. */
  loss: number
  /** Share of train images that were classified right when their batch was drawn. */
  accuracy: number
  /** Of training, without evaluation. */
  seconds: number
  /** First layer to last; null where they are not recorded. */
  layers: LayerSignal[] | null
}

export interface EpochResult extends TrainedEpoch {
  /** From 1. */
  epoch: number
  evalLoss: number | null
  evalAccuracy: number | null
  evalTop5Accuracy: number | null
  /** Of the weights after the epoch. */
  hashes: WeightsHashes
}

/** Hooks of one run, called in list order and awaited. They observe: nothing they do changes the numbers. */
export interface TrainingCallbacks {
  /** While images are multiplied with each other, for a first layer in the dual form. */
  onPrepare?(at: { fraction: number }): void | Promise<void>
  /** Losses of consecutive steps of one epoch, a few times a second. */
  onSteps?(steps: { epoch: number; firstStep: number; losses: readonly number[] }): void | Promise<void>
  onEvaluateBegin?(at: { epoch: number }): void | Promise<void>
  onEvaluateProgress?(at: { epoch: number; fraction: number }): void | Promise<void>
  /** `state` reads weights and momenta back from the device on demand, until the callback ends. */
  onEpochEnd?(result: EpochResult, state: TrainingState): void | Promise<void>
  /** Always runs, also after an error or an abort. */
  onTrainCleanup?(): void | Promise<void>
}
