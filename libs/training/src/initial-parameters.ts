import { randomUniform, type Runtime, type Tensor } from '@trainyard/tensorflow'
import { STREAMS } from '@trainyard/random'

/**
 * PyTorch's default for Linear layers: weights and biases from U(−1/√inputs, 1/√inputs).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html#torch.nn.Linear, drawn by Philox from the experiment's seed.
 */
export function initialParameter(
  tf: Runtime,
  shape: readonly number[],
  { inputs, seed, part }: { inputs: number; seed: number; part: number },
): Tensor {
  const bound = 1 / Math.sqrt(inputs)
  const types = { T: { type: 'float32' } } as const
  return tf.scope(() => {
    const scalar = (value: number): Tensor => tf.tensor(Float32Array.of(value), { shape: [], dtype: 'float32' })
    const uniform = randomUniform(tf, shape, { key: [seed, STREAMS.weights], counter: [0, 0, part, 0] })
    const scaled = tf.run('Mul', [uniform, scalar(2 * bound)], types)
    tf.dispose(uniform) // at once: the first layer's array is 100 MB, and three of them would be a run's peak
    return tf.run('Sub', [scaled, scalar(bound)], types) // 2 · bound · u − bound
  })
}
