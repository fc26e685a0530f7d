import { permutation, randomStream } from '@trainyard/random'

/** The order in which an epoch sees the images: every index once, shuffled by seed and epoch. */
export function epochOrder({ seed, epoch, count }: { seed: number; epoch: number; count: number }): Int32Array {
  return permutation(count, randomStream(seed, 'order', epoch))
}

/** An order cut into batches; the last one may be smaller. */
export function* batches(order: Int32Array, batchSize: number): Generator<Int32Array> {
  for (let first = 0; first < order.length; first += batchSize) yield order.slice(first, first + batchSize)
}
