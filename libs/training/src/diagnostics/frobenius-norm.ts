import { halfSquaredNorm, type Runtime, type Tensor } from '@trainyard/tensorflow'

/** √ Σ x² over all numbers of a tensor. */
export function frobeniusNorm(tf: Runtime, x: Tensor): number {
  return tf.scope(() => Math.sqrt(2 * (tf.readNumbers(halfSquaredNorm(tf, x))[0] ?? NaN)))
}
