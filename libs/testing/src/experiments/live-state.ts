import type { LiveState, ModelSnapshot, SavedArray, SavedModel, TrainingState } from '@trainyard/training'

/** A run's state at an epoch's end from arrays, in uneven pieces. */
export function liveStateOf(state: TrainingState): LiveState {
  const { epoch, parameters, momenta, buffers } = state
  return {
    ...{ epoch, parameters: parameters.map(entryOf), buffers: buffers.map(entryOf) },
    pieces: () => piecesOf([...parameters, ...momenta, ...buffers]),
    read: () => state,
    snapshot: () => snapshotOf(state),
  }
}

export function snapshotOf({ epoch, parameters, buffers }: SavedModel): ModelSnapshot {
  return {
    ...{ epoch, parameters: parameters.map(entryOf), buffers: buffers.map(entryOf) },
    pieces: () => piecesOf([...parameters, ...buffers]),
    read: () => ({ epoch, parameters, buffers }),
    dispose: () => undefined,
  }
}

const entryOf = ({ name, shape, values }: SavedArray) => ({
  name,
  shape,
  type: values instanceof Float64Array ? ('float64' as const) : ('float32' as const),
})

const piecesOf = (arrays: readonly SavedArray[]): SavedArray['values'][] =>
  arrays.flatMap(({ values }) => [values.subarray(0, 1), values.subarray(1)])
