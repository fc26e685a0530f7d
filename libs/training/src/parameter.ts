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
