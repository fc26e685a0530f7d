import { randomUniform, type Runtime, scalarLike, type Tensor } from '@trainyard/tensorflow'
import { STREAMS } from '@trainyard/random'

/** Philox gives four numbers for each count of its counter. */
const NUMBERS_PER_COUNT = 4

interface Draw {
  /** Numbers that each unit takes in. */
  inputs: number
  seed: number
  /** Which of the network's arrays. */
  part: number
}

/**
 * PyTorch's default for Linear layers: weights and biases from U(−1/√inputs, 1/√inputs).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html#torch.nn.Linear, drawn by Philox from the experiment's seed.
 */
export function initialParameter(tf: Runtime, shape: readonly number[], draw: Draw): Tensor {
  return drawFrom(tf, shape, { ...draw, count: 0 })
}

/** Rows of the same array without the rest of it: (count, units). The numbers before them fill whole counts, or a row would begin inside one. */
export function initialRows(tf: Runtime, { first, count }: { first: number; count: number }, draw: Draw & { units: number }): Tensor {
  const before = first * draw.units
  if (before % NUMBERS_PER_COUNT !== 0) throw new RangeError(`Row ${first} of ${draw.units} units begins inside one of Philox's counts`)
  return drawFrom(tf, [count, draw.units], { ...draw, count: before / NUMBERS_PER_COUNT })
}

function drawFrom(tf: Runtime, shape: readonly number[], { inputs, seed, part, count }: Draw & { count: number }): Tensor {
  const bound = 1 / Math.sqrt(inputs)
  const types = { T: { type: 'float32' } } as const
  return tf.scope(() => {
    const uniform = randomUniform(tf, shape, { key: [seed, STREAMS.weights], counter: [count, 0, part, 0] })
    const scaled = tf.run('Mul', [uniform, scalarLike(tf, uniform, 2 * bound)], types)
    tf.dispose(uniform) // at once: the first layer's array is 100 MB, and three of them would be a run's peak
    return tf.run('Sub', [scaled, scalarLike(tf, scaled, bound)], types) // 2 · bound · u − bound
  })
}
