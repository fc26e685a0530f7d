import { add, type Runtime, type Tensor } from '@trainyard/tensorflow'

/** A sum on the device that outlives the scopes in which its terms are made. */
export interface RunningSum {
  /** The term is the sum's from now on. */
  add(term: Tensor): void
  /** The sum so far, which goes with `dispose`. */
  value(): Tensor
  dispose(): void
}

export function runningSum(tf: Runtime): RunningSum {
  let total: Tensor | null = null
  const dispose = (): void => {
    if (total) tf.dispose(total)
    total = null
  }
  return {
    dispose,
    add: (term) => {
      const next = tf.keep(total ? add(tf, [total, term]) : term)
      dispose()
      total = next
    },
    value: () => {
      if (!total) throw new Error('A sum of nothing')
      return total
    },
  }
}
