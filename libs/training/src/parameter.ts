/** A named array of float32: a layer's weight (inputs, units) or bias (units), with PyTorch's name. */
export interface Parameter {
  name: string
  shape: readonly number[]
  values: Float32Array
}

/** All that a resumed run needs: the order of later epochs comes from the seed and the epoch's number. */
export interface TrainingState {
  /** Finished epochs. */
  epoch: number
  parameters: Parameter[]
  /** One momentum (velocity) per parameter, in the same order. */
  momenta: Parameter[]
}

/** A run's state at the end of an epoch, still on the device: it must be read before the callback that got it ends. */
export interface LiveState {
  epoch: number
  /** Every parameter, without its values. */
  entries: readonly { name: string; shape: readonly number[] }[]
  /** All values in pieces of a few megabytes: the parameters' in order, then the momenta's. A whole copy would be a run's peak of memory. */
  pieces(): Iterable<Float32Array>
  /** A whole copy. */
  read(): TrainingState
}
