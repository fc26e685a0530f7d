export type NumberArray = Float32Array | Float64Array

/** Of the numbers that a network computes with. */
export type Precision = 'float32' | 'float64'

/** Plain sum, in double precision. */
export function sumOf(values: NumberArray): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

/** A named array of float32: a layer's weight (inputs, units) or bias (units), with PyTorch's name. */
export interface Parameter {
  name: string
  shape: readonly number[]
  values: Float32Array
}

/** A named array as training holds it: one of PyTorch's, or of a first layer in the dual form (DUAL_NAMES). */
export interface SavedArray {
  name: string
  shape: readonly number[]
  values: NumberArray
}

/** A trained network by PyTorch's names, without what only training needs: what is exported and named photos with. */
export interface ModelState {
  /** Finished epochs. */
  epoch: number
  parameters: Parameter[]
  /** Batch norm's running averages. */
  buffers: Parameter[]
}

/** The same as training holds it. */
export interface SavedModel {
  epoch: number
  parameters: SavedArray[]
  /** Batch norm's running averages, and what a first layer in the dual form starts from. */
  buffers: SavedArray[]
}

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

/** A network as it was at the end of an epoch, still on the device and out of the training's way. */
export interface ModelSnapshot {
  epoch: number
  parameters: readonly ParameterEntry[]
  buffers: readonly ParameterEntry[]
  /** All values in chunks of a few megabytes: the parameters' in order, then the buffers'. */
  chunks(): Iterable<NumberArray>
  /** A whole copy. */
  read(): SavedModel
  dispose(): void
}

/** A run's state at the end of an epoch, still on the device: it must be read before the callback that got it ends. */
export interface TrainingState {
  epoch: number
  parameters: readonly ParameterEntry[]
  buffers: readonly ParameterEntry[]
  /** All values in chunks of a few megabytes: the parameters' in order, the momenta's, the buffers'. A whole copy would be a run's peak of memory. */
  chunks(): Iterable<NumberArray>
  /** A whole copy. */
  read(): SavedState
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
