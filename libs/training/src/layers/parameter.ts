export type NumberArray = Float32Array | Float64Array

/** Of the numbers that a network computes with. */
export type Precision = 'float32' | 'float64'

/** Plain sum, in double precision. */
export function sumOf(values: NumberArray): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

/** A named array as training holds it: one of PyTorch's, or of a first layer in the dual form (DUAL_NAMES). */
export interface SavedArray<Values = NumberArray> {
  name: string
  shape: readonly number[]
  values: Values
}

/** A layer's weight (inputs, units) or bias (units) in float32, with PyTorch's name. */
export type Parameter = SavedArray<Float32Array>

/** A trained network without what only training needs. */
export interface SavedModel<Values = NumberArray> {
  /** Finished epochs. */
  epoch: number
  parameters: SavedArray<Values>[]
  /** Batch norm's running averages, and what a first layer in the dual form starts from. */
  buffers: SavedArray<Values>[]
}

/** The same by PyTorch's names, in float32: what is exported and predicts. */
export type ModelState = SavedModel<Float32Array>

/** All that a resumed run needs: the order of later epochs comes from the seed and the epoch's number. */
export interface SavedState extends SavedModel {
  /** One momentum (velocity) per parameter, in the same order. */
  momenta: SavedArray[]
}

/** An array on the device, without its values. */
export interface ParameterEntry {
  name: string
  shape: readonly number[]
  /** Of its numbers. */
  type: Precision
}

interface DeviceArrays<Saved> {
  epoch: number
  parameters: readonly ParameterEntry[]
  buffers: readonly ParameterEntry[]
  /** All values in chunks of a few megabytes, first the parameters', then the momenta's of a training state, then the buffers': a whole copy would be a run's peak of memory. */
  chunks(): Iterable<NumberArray>
  /** A whole copy. */
  read(): Saved
}

/** A network as it was at the end of an epoch, still on the device and out of the training's way. */
export interface ModelSnapshot extends DeviceArrays<SavedModel> {
  dispose(): void
}

/** A run's state at the end of an epoch, still on the device: it must be read before the callback that got it ends. */
export interface TrainingState extends DeviceArrays<SavedState> {
  /** Keeps the network as it is now, for as long as the caller wants; the next step pays for one copy. */
  snapshot(): ModelSnapshot
}

/** The best epoch's network and what it is compared by. */
export interface BestModel<Model> {
  epoch: number
  loss: number
  evalAccuracy: number | null
  model: Model
}
