import type { LiveState, ModelSnapshot, ModelState, TrainingState } from '@trainyard/training'

/** A run's state at an epoch's end from arrays, in uneven pieces. */
export function liveStateOf(state: TrainingState): LiveState {
  const { epoch, parameters, momenta, buffers } = state
  return {
    ...{ epoch, parameters, buffers },
    pieces: () => piecesOf([...parameters, ...momenta, ...buffers]),
    read: () => state,
    snapshot: () => snapshotOf(state),
  }
}

export function snapshotOf({ epoch, parameters, buffers }: ModelState): ModelSnapshot {
  return {
    ...{ epoch, parameters, buffers },
    pieces: () => piecesOf([...parameters, ...buffers]),
    read: () => ({ epoch, parameters, buffers }),
    dispose: () => undefined,
  }
}

const piecesOf = (arrays: TrainingState['parameters']): Float32Array[] =>
  arrays.flatMap(({ values }) => [values.subarray(0, 1), values.subarray(1)])
