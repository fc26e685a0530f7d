import type { TrainingState, ModelSnapshot, SavedArray, SavedModel, SavedState } from '@trainyard/training'

/** A run's state at an epoch's end from arrays, in uneven chunks. */
export function trainingStateOf(state: SavedState): TrainingState {
  const { epoch, parameters, momenta, buffers } = state
  return {
    ...{ epoch, parameters: parameters.map(entryOf), buffers: buffers.map(entryOf) },
    chunks: () => chunksOf([...parameters, ...momenta, ...buffers]),
    read: () => state,
    snapshot: () => snapshotOf(state),
  }
}

export function snapshotOf({ epoch, parameters, buffers }: SavedModel): ModelSnapshot {
  return {
    ...{ epoch, parameters: parameters.map(entryOf), buffers: buffers.map(entryOf) },
    chunks: () => chunksOf([...parameters, ...buffers]),
    read: () => ({ epoch, parameters, buffers }),
    dispose: () => undefined,
  }
}

const entryOf = ({ name, shape, values }: SavedArray) => ({
  name,
  shape,
  type: values instanceof Float64Array ? ('float64' as const) : ('float32' as const),
})

const chunksOf = (arrays: readonly SavedArray[]): SavedArray['values'][] =>
  arrays.flatMap(({ values }) => [values.subarray(0, 1), values.subarray(1)])
