import type { ToTrainer } from '@trainyard/contracts'
import {
  type BestModel,
  type EpochResult,
  keepBestModel,
  type TrainingState,
  type ModelSnapshot,
  type ModelState,
  type SavedModel,
} from '@trainyard/training'
import type { RunReports } from './run-reports.ts'
import { writeModel } from '../files/write-model.ts'

type RunCommand = Extract<ToTrainer, { type: 'run' }>

/** The model that a run keeps. */
export interface RunModel {
  /** Takes the network where it is the one to keep; after the last epoch it is written. */
  atEpochEnd(result: EpochResult, state: TrainingState): Promise<void>
  /** The best one so far, where that is what the config keeps: a checkpoint holds it, too. */
  best: () => BestModel<ModelSnapshot> | null
  dispose(): void
}

export interface RunModelDependencies {
  reports: RunReports
  /** The best model of the epochs before those of this run. */
  best: BestModel<SavedModel> | null
  stepsPerEpoch: number
  /** A network as it is exported, whatever form its first layer has. */
  materialize: (saved: SavedModel, onProgress: (fraction: number) => Promise<void>) => Promise<ModelState>
}

export function keepRunModel(
  { config, modelFolder }: RunCommand,
  { reports, best: earlier, stepsPerEpoch, materialize }: RunModelDependencies,
): RunModel {
  const keeper = config.keepModel === 'best' ? keepBestModel(earlier) : null
  const write = async (kind: 'best' | 'final', model: ModelSnapshot): Promise<void> => {
    const { epoch } = model
    const report = (fraction: number): Promise<void> =>
      reports.phase({ phase: 'checkpoint', fraction, epoch: config.epochs, step: stepsPerEpoch })
    await report(0)
    const stored = await writeModel({
      folder: modelFolder,
      config,
      state: await materialize(model.read(), (fraction) => report(fraction / 2)),
      kind,
      epoch,
      batchesTracked: epoch * stepsPerEpoch,
      onProgress: (fraction) => report((1 + fraction) / 2),
    })
    await reports.send({ type: 'model', model: stored })
  }
  return {
    best: () => keeper?.current() ?? null,
    dispose: () => keeper?.dispose(),
    atEpochEnd: async (result, state) => {
      keeper?.consider(result, state)
      if (result.epoch !== config.epochs) return
      const best = keeper?.current()
      if (best) return write('best', best.model)
      if (config.keepModel !== 'final') return
      const final = state.snapshot()
      try {
        await write('final', final)
      } finally {
        final.dispose()
      }
    },
  }
}
