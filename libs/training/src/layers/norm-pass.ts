import type { Tensor } from '@trainyard/tensorflow'
import type { Affine } from './affine.ts'
import type { Moments, Standard } from './standardise.ts'

/** What a norm's forward gives. */
export interface NormPass {
  output: Tensor
  /** Mean and biased variance, one number per normalised group: batch (c), layer (n), group (n, c / groupSize). */
  statistics(): Moments
  /** For the backward: x̂ as (rows, columns), and what it came from. */
  normalised: Tensor
  standard: Standard
}

export interface NormGradients {
  input: Tensor
  affine: Affine | null
}
