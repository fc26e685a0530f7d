export { batches, epochOrder } from './data/batches.ts'
export { type BestModelKeeper, keepBestModel } from './state/best-model.ts'
export { type Checkpoint, type CheckpointOwner, decodeCheckpoint, encodeCheckpoint } from './state/checkpoint.ts'
export { LossDivergedError, OutOfMemoryError } from './errors.ts'
export { gramMatrix } from './dual/gram-matrix.ts'
export type { LayerSignal } from './diagnostics/layer-signal.ts'
export { measureSpeed } from './diagnostics/measure-speed.ts'
export { createNetwork, type Network } from './network/network.ts'
export type { NetworkShape } from './network/network-layers.ts'
export type { NormShape } from './layers/norm.ts'
export type {
  BestModel,
  TrainingState,
  ModelSnapshot,
  ModelState,
  Parameter,
  SavedArray,
  SavedModel,
  SavedState,
} from './layers/parameter.ts'
export { probe, type ProbeOptions, type ProbeResult } from './diagnostics/probe.ts'
export { deviceImages, type DeviceImages } from './data/device-images.ts'
export { toModelState, materializeModel } from './dual/materialize-weights.ts'
export type { WeightsHashes } from './state/weights-hash.ts'
export type { EpochResult, TrainingCallbacks } from './train/callbacks.ts'
export { train, type TrainOptions } from './train/train.ts'
