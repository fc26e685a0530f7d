import { isBetterEpoch } from '@trainyard/contracts'
import type { BestModel, TrainingState, ModelSnapshot, ParameterEntry, SavedArray, SavedModel } from '../layers/parameter.ts'

/** Keeps the network of the best epoch while training goes on. */
export interface BestModelKeeper {
  /** Takes the network where the epoch is better than all before it. */
  consider(result: { epoch: number; loss: number; evalAccuracy: number | null }, state: TrainingState): void
  current(): BestModel<ModelSnapshot> | null
  dispose(): void
}

/** `start`: the best of the epochs before a resumed run. */
export function keepBestModel(start: BestModel<SavedModel> | null): BestModelKeeper {
  let best = start && { ...start, model: restoredSnapshot(start.model) }
  return {
    consider: ({ epoch, loss, evalAccuracy }, state) => {
      if (!isBetterEpoch({ loss, evalAccuracy }, best)) return
      best?.model.dispose()
      best = { epoch, loss, evalAccuracy, model: state.snapshot() }
    },
    current: () => best,
    dispose: () => {
      best?.model.dispose()
      best = null
    },
  }
}

/** What a checkpoint held lies in memory already. */
function restoredSnapshot(model: SavedModel): ModelSnapshot {
  const entriesOf = (arrays: readonly SavedArray[]): ParameterEntry[] =>
    arrays.map(({ name, shape, values }) => ({ name, shape, type: values instanceof Float64Array ? 'float64' : 'float32' }))
  return {
    epoch: model.epoch,
    parameters: entriesOf(model.parameters),
    buffers: entriesOf(model.buffers),
    *chunks() {
      for (const { values } of [...model.parameters, ...model.buffers]) yield values
    },
    read: () => model,
    dispose: () => undefined,
  }
}
