import type { ToTrainer } from '@trainyard/contracts'
import {
  type BestModel,
  type Checkpoint,
  type EpochResult,
  keepBestModel,
  type LiveState,
  type ModelSnapshot,
  type ModelState,
  type SavedModel,
} from '@trainyard/training'
import type { RunReports } from './run-reports.ts'
import { writeModel } from './write-model.ts'

type RunCommand = Extract<ToTrainer, { type: 'run' }>

/** The model that a run keeps. */
export interface RunModel {
  /** Takes the network where it is the one to keep; after the last epoch it is written. */
  atEpochEnd(result: EpochResult, state: LiveState): Promise<void>
  /** The best one so far, where that is what the config keeps: a checkpoint holds it, too. */
  best: () => BestModel<ModelSnapshot> | null
  dispose(): void
}

export interface RunModelDependencies {
  reports: RunReports
  /** Where the run resumes. */
  start: Checkpoint | null
  stepsPerEpoch: number
  /** A network as it is exported, whatever its first layer is computed in. */
  spellOut: (saved: SavedModel) => Promise<ModelState>
}

export function keepRunModel(
  { config, modelFolder }: RunCommand,
  { reports, start, stepsPerEpoch, spellOut }: RunModelDependencies,
): RunModel {
  const keeper = config.keepModel === 'best' ? keepBestModel(start?.best ?? null) : null
  const write = async (kind: 'best' | 'final', model: ModelSnapshot): Promise<void> => {
    const { epoch } = model
    await reports.phase({ phase: 'checkpoint', fraction: 0, epoch: config.epochs, step: stepsPerEpoch })
    const stored = await writeModel({
      folder: modelFolder,
      config,
      state: await spellOut(model.read()),
      kind,
      epoch,
      batchesTracked: epoch * stepsPerEpoch,
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
